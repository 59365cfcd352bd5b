"""The keeper as a process, and its rules."""

import errno
import os
import resource
import signal
import subprocess
import sys
from collections import deque
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.keeper import process as keeper_module
from maestro_adapters.local.keeper.client import CommandEnded, Ended, KeeperClient, Refused, Started
from maestro_adapters.local.keeper.process import Keeper, Messages, name_logs, pack
from maestro_adapters.local.processes import process_table
from maestro_adapters.script import attempt_file, driver

#: A folder whose name would do harm if it ever became part of a command.
ODD = "a b'\"$(touch x)\n#BSUB -n 7\n\\ é*"


@pytest.fixture
def keeping():
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


def run(keeping, job):
    """What is told of a job until it has ended, or was refused."""
    news = []
    keeping.start(job, 1, wait=True)
    while not (news and isinstance(news[-1], Ended | Refused)):
        news += keeping.received() or keeping.receive()
        os.sched_yield()
    return news


def next_news(keeping):
    """The next that is told."""
    while not (news := keeping.received() or keeping.receive()):
        os.sched_yield()
    (told,) = news
    return told


def read(job):
    return attempt_file.read(attempt_file.path_of(job.workspace, 1))


def test_runs_the_script_in_its_workspace_and_tells_how_it_ended(keeping, workspace):
    job = job_in(workspace, "pwd; echo oops >&2; exit 3\n", slots=2, limit=7.5)
    started, ended = run(keeping, job)
    assert isinstance(started, Started)
    assert (started.token, ended.pid, ended.code) == (job.token, started.pid, 3)
    assert started.at <= ended.at
    attempt = read(job)
    assert (attempt.keeper, attempt.pid) == (keeping.pid, started.pid)
    assert (attempt.host, attempt.boot, attempt.exit_code) == ("n1", "boot-1", 3)
    assert (attempt.slots, attempt.limit, attempt.started) == (2, 7.5, int(started.at))
    assert (workspace / f"job é.{started.pid}.out").read_text() == f"{workspace}\n"
    assert (workspace / f"job é.{started.pid}.err").read_text() == "oops\n"
    assert sorted(os.listdir(workspace)) == sorted(
        [".attempt.1", f"job é.{started.pid}.err", f"job é.{started.pid}.out", "job é.sh"]
    )


def test_nothing_runs_where_the_attempt_file_is_there(keeping, workspace):
    job = job_in(workspace, "echo ran >ran\n")
    (workspace / ".attempt.1").write_text("void\n")
    (refused,) = run(keeping, job)
    assert (refused.token, refused.code) == (job.token, driver.ALREADY_STARTED)
    assert (workspace / ".attempt.1").read_text() == "void\n"
    assert sorted(os.listdir(workspace)) == [".attempt.1", "job é.sh"]


def test_no_workspace(keeping, tmp_path):
    (refused,) = run(keeping, job_in(tmp_path / "none", ""))
    assert (refused.code, refused.why) == (driver.CANNOT_START, "No such file or directory")


def test_logs_that_cannot_be_written_leave_nothing_behind(keeping, tmp_path):
    job = job_in(tmp_path, "echo ran >ran\n")
    (tmp_path / ".log.1.err").mkdir()
    (refused,) = run(keeping, job)
    assert (refused.code, refused.why) == (driver.CANNOT_START, "Is a directory")
    assert sorted(os.listdir(tmp_path)) == [".log.1.err", "job é.sh"]


def test_a_full_disk_runs_nothing_and_leaves_nothing_behind(tmp_path):
    """No file may have more than 9 bytes: as on a full disk, the start line is written in part."""
    job = job_in(tmp_path, "echo ran >ran\n")
    code = """
import os, resource, sys
from maestro_adapters.local.keeper.process import Keeper
resource.setrlimit(resource.RLIMIT_FSIZE, (9, 9))
keeper = Keeper(1, {})
keeper.room = 1
keeper.obey(b"start", *map(os.fsencode, sys.argv[1:]))
keeper.send()
"""
    words = [job.token, job.workspace, job.script, "1", job.label, "host=n1", "1", "0", ""]
    ran = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, check=True)
    ((*refused, _),) = Messages().feed(ran.stdout)
    assert refused == [b"refused", b"m1.1.1", b"73"]
    assert sorted(os.listdir(tmp_path)) == ["job é.sh"]


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
def test_interpreters(keeping, tmp_path, interpreter, body, code):
    job = job_in(tmp_path, body, interpreter)
    assert run(keeping, job)[-1].code == code
    assert read(job).exit_code == code
    (log,) = tmp_path.glob("job é.*.err")
    if code in (126, 127):
        assert log.read_text().startswith(f"{interpreter[2:].strip()} {job.script}: ")
    else:
        assert log.read_text() == ""


def test_what_cannot_be_deleted_of_a_script_that_was_not_started_is_deleted_later(
    tmp_path, monkeypatch
):
    """Its attempt file says that it has begun, so it must not stay."""
    job = job_in(tmp_path, "exit 4\n")
    (tmp_path / ".log.1.err").mkdir()
    ours, theirs = os.pipe()
    keeper = Keeper(theirs, {})
    keeper.room = 1
    unlink = os.unlink

    def stale(path):
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), path)

    monkeypatch.setattr(os, "unlink", stale)
    words = [job.token, job.workspace, job.script, "1", job.label, "host=n1", "1", "0", ""]
    keeper.obey(b"start", *map(os.fsencode, words))
    assert read(job) is not None
    assert keeper.retry_at is not None
    keeper.try_again()
    assert keeper.leftovers
    monkeypatch.setattr(os, "unlink", unlink)
    keeper.try_again()
    assert not keeper.leftovers
    assert sorted(os.listdir(tmp_path)) == [".log.1.err", "job é.sh"]
    os.close(ours)
    os.close(theirs)


def test_a_script_on_a_disk_that_fails_has_not_begun(keeping, tmp_path):
    """What failed is the disk, not the step: it is refused for now, and tried another time."""
    job = job_in(tmp_path, "exit 4\n")
    Path(job.script).unlink()
    Path(job.script).symlink_to("/proc/self/mem")  # reading its first byte is EIO
    (answer,) = run(keeping, job)
    assert (answer.code, answer.why) == (73, "Input/output error")
    assert sorted(os.listdir(tmp_path)) == ["job é.sh"]


def test_a_script_that_is_still_open_for_writing_runs(keeping, tmp_path):
    job = job_in(tmp_path, "exit 4\n")
    with open(job.script, "a"):
        assert run(keeping, job)[-1].code == 4


def test_a_script_gets_its_own_three_descriptors(keeping, tmp_path):
    started, _ = run(keeping, job_in(tmp_path, "cat; cd /proc/$$/fd; echo *\n", "#!/bin/bash\n"))
    # 3 lists the folder, and at 255 bash keeps its script.
    assert (tmp_path / f"job é.{started.pid}.out").read_text() == "0 1 2 255 3\n"


def test_a_script_that_deletes_its_attempt_file_has_ended_all_the_same(keeping, tmp_path):
    job = job_in(tmp_path, "rm .attempt.1; exit 5\n")
    assert run(keeping, job)[-1].code == 5
    assert (tmp_path / ".attempt.1").read_text() == "end code=5\n"


def test_an_end_that_cannot_be_written_is_tried_again(keeping, tmp_path):
    """A full disk, say. Here its files may not grow."""
    job = job_in(tmp_path, "until [ -e go ]; do :; done; exit 5\n")
    keeping.start(job, 1, wait=True)
    assert isinstance(next_news(keeping), Started)
    most = resource.prlimit(keeping.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(keeping.pid, resource.RLIMIT_FSIZE, (1, most[1]))
    (tmp_path / "go").touch()
    assert next_news(keeping).code == 5  # who is there is told at once
    assert read(job).exit_code is None
    resource.prlimit(keeping.pid, resource.RLIMIT_FSIZE, most)
    while read(job).exit_code is None:
        os.sched_yield()
    assert read(job).exit_code == 5


@pytest.mark.parametrize(
    "instead", ["mkfifo .attempt.1", "ln -s /dev/zero .attempt.1", "mkdir .attempt.1"]
)
def test_what_stands_in_the_place_of_the_attempt_file_is_not_waited_for(keeping, tmp_path, instead):
    job = job_in(tmp_path, f"rm .attempt.1; {instead}; exit 5\n")
    assert run(keeping, job)[-1].code == 5
    keeping.close(idle=True)  # it has nothing more to do
    while process_table.is_keeper(keeping.pid):
        os.sched_yield()
    assert not (tmp_path / ".attempt.1").is_file()


@pytest.mark.parametrize("kind", ["out", "err"])
def test_a_pipe_in_the_place_of_a_log_is_a_refusal(keeping, tmp_path, kind):
    job = job_in(tmp_path, "echo ran >ran\n")
    os.mkfifo(tmp_path / f".log.1.{kind}")
    (refused,) = run(keeping, job)
    assert (refused.code, refused.why) == (driver.CANNOT_START, "No such device or address")
    assert sorted(os.listdir(tmp_path)) == [f".log.1.{kind}", "job é.sh"]


def test_a_pipe_in_the_place_of_the_script_cannot_be_run(keeping, tmp_path):
    job = job_in(tmp_path, "")
    (tmp_path / "job é.sh").unlink()
    os.mkfifo(tmp_path / "job é.sh", 0o755)
    assert run(keeping, job)[-1].code == 126


def test_a_workspace_that_was_deleted_is_not_waited_for(keeping, tmp_path):
    job = job_in(tmp_path, 'cd /; rm -r "$OLDPWD"; exit 5\n')
    assert run(keeping, job)[-1].code == 5
    assert not tmp_path.exists()


def test_no_module_beside_it_hides_one_of_python_s():
    """Its folder comes first where it looks for modules."""
    beside = {path.stem for path in Path(keeper_module.__file__).parent.glob("*.py")}
    assert not beside & sys.stdlib_module_names


@pytest.mark.parametrize("variables", [{}, {"PYTHONHOME": sys.base_prefix}])
def test_an_interpreter_that_needs_its_home(tmp_path, monkeypatch, variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "none"))
    keeping = KeeperClient({}, "host=n1 boot=-")
    keeping.set_room(1)
    assert run(keeping, job_in(tmp_path, "exit 3\n"))[-1].code == 3
    keeping.close(idle=True)


def test_it_takes_no_signal_but_kill(keeping, tmp_path):
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        os.kill(keeping.pid, number)
    assert run(keeping, job_in(tmp_path, "exit 3\n"))[-1].code == 3
    assert os.getsid(keeping.pid) == keeping.pid  # nor what a terminal sends


def test_it_ends_with_its_last_script_and_starts_none_that_waits(tmp_path):
    keeping = KeeperClient({b"PATH": b"/usr/bin:/bin"}, "host=n1 boot=-")
    keeping.set_room(1)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    keeping.start(job_in(tmp_path / "a", "exec sleep 600\n"), 1, wait=True)
    (started,) = keeping.received()
    waiting = job_in(tmp_path / "b", "exit 0\n")
    keeping.start(waiting, 1, wait=True)
    assert keeping.received() == []
    keeping.close(idle=False)
    os.kill(started.pid, signal.SIGTERM)
    os.waitpid(keeping.pid, 0)
    assert attempt_file.read(tmp_path / "a/.attempt.1").exit_code == 143
    assert read(waiting) is None


#: In a script: waits in the background until the test lets it go.
PATIENT = "(read -r x <gate; echo late >late) %s &\n"


def until_told(keeping, kind):
    """What is told, up to news of a kind."""
    news = []
    while not (news and isinstance(news[-1], kind)):
        news += keeping.received() or keeping.receive()
        os.sched_yield()
    return news


@pytest.mark.parametrize("streams", ["", ">log1.txt", "2>/dev/null", "3>&1 >/dev/null 2>&1"])
@pytest.mark.parametrize("code", [0, 3])
def test_who_forgot_to_wait_is_waited_for(keeping, tmp_path, streams, code):
    os.mkfifo(tmp_path / "gate")
    keeping.start(job_in(tmp_path, PATIENT % streams + f"exit {code}\n"), 1, wait=True)
    leaves = until_told(keeping, CommandEnded)[-1]
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
    (ended,) = until_told(keeping, Ended)
    assert (ended.pid, ended.code, ended.left) == (leaves.pid, code, "")
    assert (tmp_path / "late").read_text() == "late\n"  # it was over, and not only about to be
    assert read(job).exit_code == code


@pytest.mark.parametrize("how", [">/dev/null 2>&1", "setsid"])
def test_who_closed_the_logs_or_left_the_session_is_not_waited_for(keeping, tmp_path, how):
    os.mkfifo(tmp_path / "gate")
    command = "sh -c 'echo $$ >pid; read -r x <gate'"
    started = f"{command} {how} &" if how.startswith(">") else f"{how} {command} &"
    body = f"{started}\nwhile [ ! -s pid ]; do sleep 0.01; done\nexit 4\n"
    assert run(keeping, job_in(tmp_path, body))[-1].code == 4
    assert Path(f"/proc/{int((tmp_path / 'pid').read_text())}/comm").exists()
    (tmp_path / "gate").write_text("\n")
    assert "command" not in (tmp_path / ".attempt.1").read_text()


def test_who_reads_a_log_holds_nothing_up(keeping, tmp_path):
    os.mkfifo(tmp_path / "gate")
    gate = os.open(tmp_path / "gate", os.O_RDWR)
    job = job_in(tmp_path, "read -r x <gate; exit 4\n")
    keeping.start(job, 1, wait=True)
    (log,) = tmp_path.glob("job é.*.out")
    with log.open():
        os.write(gate, b"\n")
        (ended,) = until_told(keeping, Ended)[-1:]
    assert (ended.code, ended.left) == (4, "")
    os.close(gate)


def test_what_is_left_is_waited_for_up_to_the_walltime(keeping, tmp_path):
    os.mkfifo(tmp_path / "gate")
    *_, ended = run(keeping, job_in(tmp_path, PATIENT % "" + "exit 5\n", patience=0.3))
    assert ended.code == 5
    assert ended.left.partition(":")[0] in ("sh", "dash", "bash", "job_é.sh")
    assert read(job_in(tmp_path, "")).exit_code == 5
    (tmp_path / "gate").write_text("\n")


def test_others_end_and_start_while_one_is_waited_for(keeping, tmp_path):
    keeping.set_room(2)
    for name in "ab":
        (tmp_path / name).mkdir()
    os.mkfifo(tmp_path / "a/gate")
    keeping.start(job_in(tmp_path / "a", PATIENT % ""), 1, wait=True)
    until_told(keeping, CommandEnded)
    assert run(keeping, job_in(tmp_path / "b", "exit 6\n"))[-1].code == 6
    (tmp_path / "a/gate").write_text("\n")
    assert until_told(keeping, Ended)[-1].code == 0


def test_logs_of_an_earlier_attempt_with_the_same_process_id_are_kept(tmp_path):
    (tmp_path / "job.7.out").write_text("old")
    for kind in ("out", "err"):
        (tmp_path / f".log.2.{kind}").write_text("new")
    name_logs(os.fsencode(tmp_path), b"job", b"2", 7)
    found = {path.name: path.read_text() for path in Path(tmp_path).iterdir()}
    assert found == {"job.7.out": "old", "job.7.2.out": "new", "job.7.err": "new"}


fields = st.lists(st.binary(max_size=9).map(lambda data: data.replace(b"\0", b"")), min_size=1)


@given(st.lists(fields), st.lists(st.integers(1, 20)))
def test_messages_survive_any_way_they_are_cut(messages, sizes):
    data = b"".join(pack(*message) for message in messages)
    reader, found = Messages(), []
    for size in sizes:
        found += reader.feed(data[:size])
        data = data[size:]
    assert found + reader.feed(data) == messages


class Imagined(Keeper):
    """Starts nothing."""

    def __init__(self, room):
        with open(os.devnull, "wb") as null:
            super().__init__(null.fileno(), {})
        os.close(self._null)
        self.room = room
        self.order = []
        self.over = []
        self.refusals = []

    def _start(self, request, _now):
        if self.refusals:
            raise OSError(self.refusals.pop(), "no room")
        self._used += request.slots
        self.order.append((request.token, request.slots))
        return len(self.order)

    def end(self):
        token, slots = self.order[len(self.over)]
        self.over.append(token)
        self._used -= slots
        self.fill()


def ask(keeper, token, slots=1):
    keeper.obey(b"start", token, b"", b"", b"", b"", b"", b"%d" % slots, b"0", b"")


def test_too_many_processes_is_waiting_not_failure():
    """A start that the system refuses for now is tried again."""
    keeper = Imagined(2)
    keeper.refusals = [errno.ENOMEM, errno.EAGAIN]
    for token in (b"a", b"b"):
        ask(keeper, token)
    assert (keeper.order, keeper.unsent) == ([], b"")
    assert keeper.retry_at is not None
    keeper.try_again()
    assert [token for token, _ in keeper.order] == [b"a", b"b"]
    assert keeper.retry_at is None


@given(
    total=st.integers(1, 6),
    steps=st.lists(
        st.one_of(st.integers(1, 6), st.sampled_from(["end", "drop", "less", "more"])), max_size=40
    ),
)
def test_slots_are_never_overdrawn_nor_left_empty(total, steps):
    keeper = Imagined(total)
    waiting, started = deque(), []
    for number, step in enumerate(steps):
        if isinstance(step, int):
            waiting.append((b"%d" % number, min(step, total)))
            ask(keeper, *waiting[-1])
        elif step == "end" and len(keeper.over) < len(keeper.order):
            keeper.end()
        elif step == "drop" and waiting:
            keeper.obey(b"drop", waiting.pop()[0])
        elif step in ("less", "more"):
            keeper.obey(b"room", b"%d" % (total - (step == "less")))
        while len(started) < len(keeper.order):  # first come, first served
            started.append(waiting.popleft())
        assert started == keeper.order
        filled = sum(slots for _, slots in keeper.order[len(keeper.over) :])
        assert filled <= total
        assert not waiting or filled + waiting[0][1] > keeper.room  # none waits that could run
