"""The `conductor` command: its options, exit codes and messages."""

from __future__ import annotations

import os

import pytest

from maestro_conductor.cli import main
from maestro_conductor.lock import hold
from maestro_conductor.testing import StepPlan, make_workspace

FAILED = {"state": "FAILED", "exit_code": 3}


@pytest.fixture
def ended(tmp_path, run):
    """A study that failed."""
    make_workspace(tmp_path, [StepPlan("bad\x1b[31m"), StepPlan("after", needs=["bad\x1b[31m"])])
    assert run(tmp_path, lambda _job: FAILED) == 2
    return tmp_path


def test_status_shows_and_runs_nothing(ended, capsys):
    before = (ended / ".maestro/journal.msgpack").read_bytes()
    assert main([str(ended), "-s"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[:2]] == ["FAILED", "FAILED"]
    assert "\x1b" not in "".join(lines)
    assert lines[-1] == "study: FAILED: 2 FAILED"
    assert (ended / ".maestro/journal.msgpack").read_bytes() == before


def test_an_ended_study_gives_its_exit_code(ended):
    assert main([str(ended)]) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a", "b"],
        ["a", "-t", "-1"],
        ["a", "-d", "6"],
        ["a", "--local-steps", "kill"],
        ["a", "--sleep", "1"],
    ],
)
def test_wrong_usage_exits_64(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 64
    assert "usage: conductor" in capsys.readouterr().err


def test_a_folder_that_is_no_workspace_exits_1(tmp_path, capsys):
    assert main([str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert (
        told
        == f"conductor: {tmp_path} is not the workspace of a study: it has no .maestro/graph.msgpack\n"
    )


def test_a_damaged_graph_exits_1(ended, capsys):
    path = ended / ".maestro/graph.msgpack"
    content = path.read_bytes()
    for size in range(0, len(content), 97):
        path.write_bytes(content[:size])
        assert main([str(ended)]) == 1
    assert "make the study anew" in capsys.readouterr().err


def test_a_held_workspace_exits_1(ended, capsys):
    with hold(ended):
        assert main([str(ended)]) == 1
    assert f"another conductor holds {ended}: pid {os.getpid()} on" in capsys.readouterr().err


def test_whoever_started_it_is_told_when_it_is_ready(ended, tmp_path):
    for folder, word in ((ended, "ready\n"), (tmp_path / "nothing", "error: ")):
        read, write = os.pipe()
        main([str(folder), "--ready-fd", str(write)])
        with os.fdopen(read) as said:
            assert said.read().startswith(word)


def test_an_adapter_that_is_missing_is_named(tmp_path, capsys):
    make_workspace(tmp_path, [StepPlan("a", resources={"nodes": 1})], batch={"type": "nowhere"})
    assert main([str(tmp_path)]) == 1
    assert "no adapter named `nowhere` is installed" in capsys.readouterr().err
