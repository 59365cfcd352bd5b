"""The keeper as a process, asked as a pool asks it.

Would catch a script that runs twice, in the wrong place or with what is not its own, an end that is lost or told
too early, and a keeper that hangs or does not start.
"""

import os
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.keeper import process as process
from maestro_adapters.local.keeper.client import CommandEnded, Ended, KeeperClient, Refused, Started
from maestro_adapters.local.keeper.messages import Messages, pack
from maestro_adapters.local.processes import process_table
from maestro_adapters.script import attempt_file, driver

#: A folder whose name would do harm if it ever became part of a command.
ODD = "a b'\"$(touch x)\n#BSUB -n 7\n\\ é*"


#: The modules that the keeper may be made of.
BESIDE = list(Path(process.PATH).parent.glob("*.py"))


@pytest.fixture
def keeper():
    made = KeeperClient(
        {os.fsencode(name): os.fsencode(value) for name, value in os.environ.items()},
        "host=n1 boot=boot-1",
        process_table.inherited_descriptors(),
    )
    made.set_room(1)
    yield made
    made.close(idle=True)


@pytest.fixture(params=["plain", ODD], ids=["plain", "odd"])
def workspace(request, tmp_path):
    folder = tmp_path / request.param
    folder.mkdir()
    return folder


def job_in(folder, body, interpreter="#!/bin/sh\n", **fields):
    script = folder / "job é.sh"
    if folder.is_dir():
        script.write_text(interpreter + body)
        script.chmod(0o755)
    fields.update(workspace=str(folder), script=str(script), attempt=1, label="job é")
    return LocalJob(token="m1.1.1", **fields)  # noqa: S106


def run(keeper, job):
    """What is told of a job until it has ended, or was refused."""
    news = []
    keeper.start(job, 1, wait=True)
    while not (news and isinstance(news[-1], Ended | Refused)):
        news += keeper.received() or keeper.receive()
        os.sched_yield()
    return news


def next_news(keeper):
    """The next that is told."""
    while not (news := keeper.received() or keeper.receive()):
        os.sched_yield()
    (told,) = news
    return told


def read(job):
    return attempt_file.read(attempt_file.path_of(job.workspace, 1))


def test_runs_the_script_in_its_workspace_and_tells_how_it_ended(keeper, workspace):
    job = job_in(workspace, "pwd; echo oops >&2; exit 3\n", slots=2, limit=7.5)
    started, ended = run(keeper, job)
    assert isinstance(started, Started)
    assert (started.token, ended.pid, ended.code) == (job.token, started.pid, 3)
    assert started.at <= ended.at
    attempt = read(job)
    assert (attempt.keeper, attempt.pid) == (keeper.pid, started.pid)
    assert (attempt.host, attempt.boot, attempt.exit_code) == ("n1", "boot-1", 3)
    assert (attempt.slots, attempt.limit, attempt.started) == (2, 7.5, int(started.at))
    assert (workspace / f"job é.{started.pid}.out").read_text() == f"{workspace}\n"
    assert (workspace / f"job é.{started.pid}.err").read_text() == "oops\n"
    assert sorted(os.listdir(workspace)) == sorted(
        [".attempt.1", f"job é.{started.pid}.err", f"job é.{started.pid}.out", "job é.sh"]
    )


def test_nothing_runs_where_the_attempt_file_is_there(keeper, workspace):
    job = job_in(workspace, "echo ran >ran\n")
    (workspace / ".attempt.1").write_text("void\n")
    (refused,) = run(keeper, job)
    assert (refused.token, refused.code) == (job.token, driver.ALREADY_STARTED)
    assert (workspace / ".attempt.1").read_text() == "void\n"
    assert sorted(os.listdir(workspace)) == [".attempt.1", "job é.sh"]


def test_no_workspace(keeper, tmp_path):
    (refused,) = run(keeper, job_in(tmp_path / "none", ""))
    assert (refused.code, refused.why) == (driver.CANNOT_START, "No such file or directory")


def test_logs_that_cannot_be_written_leave_nothing_behind(keeper, tmp_path):
    job = job_in(tmp_path, "echo ran >ran\n")
    (tmp_path / ".log.1.err").mkdir()
    (refused,) = run(keeper, job)
    assert (refused.code, refused.why) == (driver.CANNOT_START, "Is a directory")
    assert sorted(os.listdir(tmp_path)) == [".log.1.err", "job é.sh"]


@pytest.mark.parametrize(
    ("interpreter", "body", "code"),
    [
        ("#!/bin/sh\n", "exit 4\n", 4),
        ("#!/bin/sh -e\n", "false; exit 5\n", 1),
        ("#!/usr/bin/env bash\n", "[[ $BASH_VERSION ]] && exit 6\n", 6),
        ("#! /bin/sh\n", "exit 7\n", 7),
        ("#!sh\n", "exit 7\n", 7),
        ("", "exit 8\n", 8),
        ("#!/no/such/interpreter\n", "exit 9\n", 127),
        ("#!/etc/passwd\n", "exit 9\n", 126),
        ("#!/bin/sh\n", "kill -9 $$\n", 137),
    ],
)
def test_interpreters(keeper, tmp_path, interpreter, body, code):
    job = job_in(tmp_path, body, interpreter)
    assert run(keeper, job)[-1].code == code
    assert read(job).exit_code == code
    (log,) = tmp_path.glob("job é.*.err")
    if code in (126, 127):
        assert log.read_text().startswith(f"{interpreter[2:].strip()} {job.script}: ")
    else:
        assert log.read_text() == ""


def test_a_script_on_a_disk_that_fails_has_not_begun(keeper, tmp_path):
    """What failed is the disk, not the step: it is refused for now, and tried another time."""
    job = job_in(tmp_path, "exit 4\n")
    Path(job.script).unlink()
    Path(job.script).symlink_to("/proc/self/mem")  # reading its first byte is EIO
    (answer,) = run(keeper, job)
    assert (answer.code, answer.why) == (73, "Input/output error")
    assert sorted(os.listdir(tmp_path)) == ["job é.sh"]


def test_a_script_that_is_still_open_for_writing_runs(keeper, tmp_path):
    job = job_in(tmp_path, "exit 4\n")
    with open(job.script, "a"):
        assert run(keeper, job)[-1].code == 4


def test_a_script_gets_its_own_three_descriptors(keeper, tmp_path):
    started, _ = run(keeper, job_in(tmp_path, "cat; cd /proc/$$/fd; echo *\n", "#!/bin/bash\n"))
    # 3 lists the folder, and at 255 bash keeps its script.
    assert (tmp_path / f"job é.{started.pid}.out").read_text() == "0 1 2 255 3\n"


def test_a_script_that_deletes_its_attempt_file_has_ended_all_the_same(keeper, tmp_path):
    job = job_in(tmp_path, "rm .attempt.1; exit 5\n")
    assert run(keeper, job)[-1].code == 5
    assert (tmp_path / ".attempt.1").read_text() == "end code=5\n"


def test_an_end_that_cannot_be_written_is_tried_again(keeper, tmp_path):
    """A full disk, say. Here its files may not grow."""
    job = job_in(tmp_path, "until [ -e go ]; do :; done; exit 5\n")
    keeper.start(job, 1, wait=True)
    assert isinstance(next_news(keeper), Started)
    most = resource.prlimit(keeper.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(keeper.pid, resource.RLIMIT_FSIZE, (1, most[1]))
    (tmp_path / "go").touch()
    assert next_news(keeper).code == 5  # who is there is told at once
    assert read(job).exit_code is None
    resource.prlimit(keeper.pid, resource.RLIMIT_FSIZE, most)
    while read(job).exit_code is None:
        os.sched_yield()
    assert read(job).exit_code == 5


@pytest.mark.parametrize(
    "instead", ["mkfifo .attempt.1", "ln -s /dev/zero .attempt.1", "mkdir .attempt.1"]
)
def test_what_stands_in_the_place_of_the_attempt_file_is_not_waited_for(keeper, tmp_path, instead):
    job = job_in(tmp_path, f"rm .attempt.1; {instead}; exit 5\n")
    assert run(keeper, job)[-1].code == 5
    keeper.close(idle=True)  # it has nothing more to do
    while process_table.is_keeper(keeper.pid):
        os.sched_yield()
    assert not (tmp_path / ".attempt.1").is_file()


@pytest.mark.parametrize("kind", ["out", "err"])
def test_a_pipe_in_the_place_of_a_log_is_a_refusal(keeper, tmp_path, kind):
    job = job_in(tmp_path, "echo ran >ran\n")
    os.mkfifo(tmp_path / f".log.1.{kind}")
    (refused,) = run(keeper, job)
    assert (refused.code, refused.why) == (driver.CANNOT_START, "No such device or address")
    assert sorted(os.listdir(tmp_path)) == [f".log.1.{kind}", "job é.sh"]


def test_a_pipe_in_the_place_of_the_script_cannot_be_run(keeper, tmp_path):
    job = job_in(tmp_path, "")
    (tmp_path / "job é.sh").unlink()
    os.mkfifo(tmp_path / "job é.sh", 0o755)
    assert run(keeper, job)[-1].code == 126


def test_a_workspace_that_was_deleted_is_not_waited_for(keeper, tmp_path):
    job = job_in(tmp_path, 'cd /; rm -r "$OLDPWD"; exit 5\n')
    assert run(keeper, job)[-1].code == 5
    assert not tmp_path.exists()


def test_no_module_beside_it_hides_one_of_python_s():
    """Its folder comes first where it looks for modules."""
    assert "process" in (beside := {path.stem for path in BESIDE})
    assert not beside & sys.stdlib_module_names


@pytest.mark.parametrize("flags", [(), ("-I",), ("-X", "frozen_modules=off")])
@pytest.mark.parametrize("variables", [{}, {"PYTHONSAFEPATH": "1"}])
def test_it_starts_by_its_path_and_imports_nothing_that_is_installed(flags, variables):
    """Nor does it need it: neither this package nor another can be found."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            words = [sys.executable, "-S", *flags, "-X", "importtime", process.PATH, process.MARK]
            started = subprocess.Popen(
                words, stdin=theirs, stderr=subprocess.PIPE, text=True, env=variables
            )
        ours.sendall(pack(b"A=1") + pack(b"sync"))
        assert Messages().feed(ours.recv(99)) == [[b"synced"]]
    _, said = started.communicate()
    assert started.returncode == 0
    imported = {line.rpartition("|")[2].strip() for line in said.splitlines()}
    beside = {f"maestro_adapters.local.keeper.{path.stem}" for path in BESIDE}
    assert {name for name in imported if name.startswith("maestro")} <= beside
    assert "maestro_adapters.local.keeper.main_loop" in imported
    assert not imported & {"attr", "typing", "pathlib", "contextlib", "subprocess"}


@pytest.mark.parametrize("variables", [{}, {"PYTHONHOME": sys.base_prefix}])
def test_an_interpreter_that_needs_its_home(tmp_path, monkeypatch, variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "none"))
    keeper = KeeperClient({}, "host=n1 boot=-")
    keeper.set_room(1)
    assert run(keeper, job_in(tmp_path, "exit 3\n"))[-1].code == 3
    keeper.close(idle=True)


def test_it_takes_no_signal_but_kill(keeper, tmp_path):
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        os.kill(keeper.pid, number)
    assert run(keeper, job_in(tmp_path, "exit 3\n"))[-1].code == 3
    assert os.getsid(keeper.pid) == keeper.pid  # nor what a terminal sends


def test_it_ends_with_its_last_script_and_starts_none_that_waits(tmp_path):
    keeper = KeeperClient({b"PATH": b"/usr/bin:/bin"}, "host=n1 boot=-")
    keeper.set_room(1)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    keeper.start(job_in(tmp_path / "a", "exec sleep 600\n"), 1, wait=True)
    (started,) = keeper.received()
    waiting = job_in(tmp_path / "b", "exit 0\n")
    keeper.start(waiting, 1, wait=True)
    assert keeper.received() == []
    keeper.close(idle=False)
    os.kill(started.pid, signal.SIGTERM)
    os.waitpid(keeper.pid, 0)
    assert attempt_file.read(tmp_path / "a/.attempt.1").exit_code == 143
    assert read(waiting) is None


#: In a script: waits in the background until the test lets it go.
PATIENT = "(read -r x <gate; echo late >late) %s &\n"


def until_told(keeper, kind):
    """What is told, up to news of a kind."""
    news = []
    while not (news and isinstance(news[-1], kind)):
        news += keeper.received() or keeper.receive()
        os.sched_yield()
    return news


@pytest.mark.parametrize("streams", ["", ">log1.txt", "2>/dev/null", "3>&1 >/dev/null 2>&1"])
@pytest.mark.parametrize("code", [0, 3])
def test_who_forgot_to_wait_is_waited_for(keeper, tmp_path, streams, code):
    os.mkfifo(tmp_path / "gate")
    keeper.start(job_in(tmp_path, PATIENT % streams + f"exit {code}\n"), 1, wait=True)
    leaves = until_told(keeper, CommandEnded)[-1]
    assert leaves.code == code
    name, _, pid = leaves.left.partition(":")
    assert Path(f"/proc/{int(pid)}/comm").read_text() == f"{name}\n"
    job = job_in(tmp_path, "")
    assert (read(job).exit_code, read(job).command_code) == (None, code)
    assert f"command code={code} left={leaves.left}\n" in (tmp_path / ".attempt.1").read_text()
    (log,) = tmp_path.glob("job é.*.err")
    assert f"exit code {code}; waiting for what it left in the background: {leaves.left}" in (
        log.read_text()
    )
    (tmp_path / "gate").write_text("\n")
    (ended,) = until_told(keeper, Ended)
    assert (ended.pid, ended.code, ended.left) == (leaves.pid, code, "")
    assert (tmp_path / "late").read_text() == "late\n"  # it was over, and not only about to be
    assert read(job).exit_code == code


@pytest.mark.parametrize("how", [">/dev/null 2>&1", "setsid"])
def test_who_closed_the_logs_or_left_the_session_is_not_waited_for(keeper, tmp_path, how):
    os.mkfifo(tmp_path / "gate")
    command = "sh -c 'echo $$ >pid; read -r x <gate'"
    started = f"{command} {how} &" if how.startswith(">") else f"{how} {command} &"
    body = f"{started}\nwhile [ ! -s pid ]; do sleep 0.01; done\nexit 4\n"
    assert run(keeper, job_in(tmp_path, body))[-1].code == 4
    assert Path(f"/proc/{int((tmp_path / 'pid').read_text())}/comm").exists()
    (tmp_path / "gate").write_text("\n")
    assert "command" not in (tmp_path / ".attempt.1").read_text()


def test_who_reads_a_log_holds_nothing_up(keeper, tmp_path):
    os.mkfifo(tmp_path / "gate")
    gate = os.open(tmp_path / "gate", os.O_RDWR)
    job = job_in(tmp_path, "read -r x <gate; exit 4\n")
    keeper.start(job, 1, wait=True)
    (log,) = tmp_path.glob("job é.*.out")
    with log.open():
        os.write(gate, b"\n")
        (ended,) = until_told(keeper, Ended)[-1:]
    assert (ended.code, ended.left) == (4, "")
    os.close(gate)


def test_what_is_left_is_waited_for_up_to_the_walltime(keeper, tmp_path):
    os.mkfifo(tmp_path / "gate")
    *_, ended = run(keeper, job_in(tmp_path, PATIENT % "" + "exit 5\n", patience=0.3))
    assert ended.code == 5
    assert ended.left.partition(":")[0] in ("sh", "dash", "bash", "job_é.sh")
    assert read(job_in(tmp_path, "")).exit_code == 5
    (tmp_path / "gate").write_text("\n")


def test_others_end_and_start_while_one_is_waited_for(keeper, tmp_path):
    keeper.set_room(2)
    for name in "ab":
        (tmp_path / name).mkdir()
    os.mkfifo(tmp_path / "a/gate")
    keeper.start(job_in(tmp_path / "a", PATIENT % ""), 1, wait=True)
    until_told(keeper, CommandEnded)
    assert run(keeper, job_in(tmp_path / "b", "exit 6\n"))[-1].code == 6
    (tmp_path / "a/gate").write_text("\n")
    assert until_told(keeper, Ended)[-1].code == 0
