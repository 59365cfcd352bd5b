"""A wrong exit code of the `conductor` command, or a message that does not help."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys

import msgpack
import pytest

from maestro_conductor.app.command import main
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.conductor_lock import hold

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


def test_a_reader_that_leaves_early_is_no_mistake(ended):
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "maestro_conductor", "-s", ended]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=environment)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


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
        ["a", "-t", "abc"],
        ["a", "-t", "nan"],
        ["a", "-t", ""],
        ["a", "-l", ""],
        [""],
    ],
)
def test_wrong_usage_exits_64(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 64
    told = capsys.readouterr().err
    assert "usage: conductor" in told
    assert "_seconds" not in told


def test_a_folder_that_is_no_workspace_exits_1(tmp_path, capsys):
    assert main([str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert (
        told
        == f"conductor: {tmp_path} is not the workspace of a study: it has no .maestro/graph.msgpack\n"
    )


def test_what_is_no_folder_exits_1(tmp_path, capsys):
    (tmp_path / "file").touch()
    (tmp_path / "half").mkdir()
    (tmp_path / "half/.maestro").touch()
    for name, why in {"file": "no folder", "half": "none", "nothing": "does not exist"}.items():
        for options in ([], ["-s"]):
            assert main([str(tmp_path / name), *options]) == 1
            told = capsys.readouterr().err
            assert f"{tmp_path / name} is not the workspace of a study" in told
            assert why in told


@pytest.mark.parametrize("content", [b"\xc1" * 300, b"hello", b"\x80"])
def test_a_damaged_journal_exits_1_and_says_what_to_do(ended, capsys, content):
    (ended / ".maestro/journal.msgpack").write_bytes(content)
    for options in ([], ["-s"]):
        assert main([str(ended), *options]) == 1
        assert re.search("journal.msgpack is damaged: .* move it away", capsys.readouterr().err)


@pytest.mark.parametrize("name", ["graph", "run", "journal", "conductor"])
def test_no_damage_is_taken_for_a_mistake_of_ours(ended, capsys, name):
    """Each value of the header, in turn, becomes another; so does each name."""
    path = ended / f".maestro/{name}.msgpack"
    unpacker = msgpack.Unpacker(io.BytesIO(path.read_bytes()))
    head = next(unpacker)
    rest = path.read_bytes()[unpacker.tell() :]
    for key in head:
        for changed in ({**head, key: None}, {k: v for k, v in head.items() if k != key}):
            path.write_bytes(msgpack.packb(changed) + rest)
            assert main([str(ended), "-s"]) in (0, 1), (key, changed)
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["no/such/folder/x.log", ".", "graph/x.log"])
def test_a_log_that_cannot_be_written_is_refused_before_anything_begins(tmp_path, capsys, name):
    root = make_workspace(tmp_path / "w", [StepPlan("a")])
    before = sorted(tmp_path.rglob("*"))
    assert main([str(root), "-l", str(tmp_path / name)]) == 1
    told = capsys.readouterr().err
    assert f"{tmp_path / name} cannot be the log: " in told
    assert "-l" in told
    assert sorted(tmp_path.rglob("*")) == before


def test_a_log_that_gets_lost_on_the_way_is_told_on_stderr(tmp_path, run, states, capsys):
    make_workspace(tmp_path, [StepPlan("a")])
    (tmp_path / "logs").write_text("in the way")
    assert run(tmp_path) == 0
    assert states(tmp_path) == {"a": "FINISHED"}
    told = capsys.readouterr().err
    assert told.count("goes on without its log") == 1
    assert f"{tmp_path}/logs" in told


@pytest.mark.parametrize("closed", ["<&- >&-", "<&- >&- 2>&-"])
def test_closed_streams_do_not_matter(tmp_path, closed):
    root = make_workspace(tmp_path, [StepPlan("a", ["echo done"])], batch={"type": "none"})
    python = f"{sys.executable} -m maestro_conductor"
    for options, code in (("-s", 0), ("", 1), ("-t abc", 64)):
        line = f"{python} {options} {root} {closed}"
        done = subprocess.run(line, shell=True, capture_output=True, text=True)  # noqa: S602
        assert (done.returncode, "Traceback" in done.stderr) == (code, False), line


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
