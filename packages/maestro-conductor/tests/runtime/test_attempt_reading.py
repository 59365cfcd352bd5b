"""An attempt that may still end taken for lost, and run twice; or one that is lost waited for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from maestro_conductor.core.events import AttemptFileRead
from maestro_conductor.core.instructions import ReadAttemptFile
from maestro_conductor.errors import FormatError
from maestro_conductor.runtime.attempt_reading import AttemptReader
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.graph_file import GraphFile, read_graph


@pytest.fixture
def read(shell):
    """What is said of an attempt of the first step, whose file has this text."""

    def read(text, *, void=False):
        (shell.root / "a").mkdir(exist_ok=True)
        if text is not None:
            (shell.root / "a/.attempt.1").write_text(text)
        return AttemptReader(shell.context, "here", "b1", lambda _instance: []).read(
            ReadAttemptFile(0, 1, void)
        )

    return read


def test_one_that_never_started_is_void_only_where_that_was_asked_for(read):
    assert read(None) == AttemptFileRead(0, 1, "absent")
    assert read(None, void=True) == AttemptFileRead(0, 1, "void")


def test_one_whose_folder_was_deleted_is_told_apart_while_the_study_is_in_its_place(shell):
    reader = AttemptReader(shell.context, "here", "b1", lambda _instance: [])
    found = reader.read(ReadAttemptFile(0, 1, False))
    assert (found.fate, found.detail) == ("deleted", "its folder was deleted")
    shell.root.rename(shell.root.with_name("moved"))
    assert reader.read(ReadAttemptFile(0, 1, False)).fate == "absent"


def test_an_end_is_told_with_its_times(read):
    text = "start pid=7 host=here boot=b1 time=5\nend code=3 time=6\n"
    assert read(text) == AttemptFileRead(0, 1, "ended", 3, 5000, 6000)


def test_a_result_that_is_required_is_looked_for(shell, tmp_path):
    results = [{"file": "out/{N}.json", "required": True}, {"file": "other"}]
    root = make_workspace(
        tmp_path / "w", [StepPlan("s", ["x", "y"], results=results), StepPlan("t")]
    )
    context = attrs.evolve(shell.context, root=root, graph=read_graph(root))
    assert list(context.graph.own_results) == [1, 1, 0]
    graph = GraphFile(root, context.graph)
    reader = AttemptReader(context, "here", "b1", graph.results_of)
    for folder in ("s/N.0", "s/N.1/out", "t"):
        (root / folder).mkdir(parents=True)
    for folder in ("s/N.0", "s/N.1", "t"):
        (root / folder / ".attempt.1").write_text("start host=here boot=b1\nend code=0\n")

    def lacks(instance):
        return reader.read(ReadAttemptFile(instance, 1, False)).lacks

    assert lacks(0) == "its result out/0.json is not there"
    assert lacks(1) == "its result out/1.json is not there"
    (root / "s/N.1/out/1.json").touch()
    assert (lacks(1), lacks(2)) == (None, None)
    graph.close()


def test_where_the_graph_does_not_say_its_results_the_attempt_is_looked_at_again(shell, tmp_path):
    root = make_workspace(
        tmp_path / "w", [StepPlan("s", results=[{"file": "e", "required": True}])]
    )

    def fail(_instance):
        raise FormatError("the checksum is wrong")

    context = attrs.evolve(shell.context, root=root, graph=read_graph(root))
    reader = AttemptReader(context, "here", "b1", fail)
    (root / "s").mkdir()
    (root / "s/.attempt.1").write_text("start host=here boot=b1\nend code=0\n")
    found = reader.read(ReadAttemptFile(0, 1, False))
    assert (found.fate, found.detail) == (
        "error",
        "cannot look for its results: the checksum is wrong",
    )


@pytest.mark.parametrize(
    ("start", "detail"),
    [
        ("host=here boot=b1", "ended without a trace on here"),
        ("host=here boot=b0", "here was started anew meanwhile"),
        ("host=there boot=b1", "ended without a trace on there"),
        ("pid=7", "ended without a trace on an unknown host"),
    ],
)
def test_a_start_without_an_end_says_where(read, start, detail):
    if start == "host=here boot=b1" and not Path("/proc/self/environ").exists():
        pytest.skip("without /proc a process id has to do")
    found = read(f"start {start}\n")
    assert (found.fate, found.detail) == ("started", detail)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_one_whose_keeper_lives_is_in_doubt_and_on_another_host_that_says_nothing(read):
    keeper = subprocess.Popen(
        [sys.executable, "-c", "print(flush=True); input()", "maestro-keeper"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert keeper.stdout.readline() == b"\n"
    try:
        found = read(f"start host=here boot=b1 keeper={keeper.pid}\n")
        assert found.fate == "error"
        assert f"process {keeper.pid}" in found.detail
        assert read(f"start host=there boot=b1 keeper={keeper.pid}\n").fate == "started"
    finally:
        keeper.communicate(b"\n")
    assert read(f"start host=here boot=b1 keeper={keeper.pid}\n").fate == "started"


def test_a_file_that_cannot_be_read_is_an_answer(read, shell):
    (shell.root / "a").symlink_to(shell.root.parent)  # out of the workspace
    found = read(None, void=True)
    assert found.fate == "error"
    assert "cannot read its attempt file" in found.detail
