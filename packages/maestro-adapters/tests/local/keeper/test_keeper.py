"""The rules of a keeper, over scripts that are not started.

Would catch a script that is refused where it should wait, an answer that is missing, or one that is told to
nobody.
"""

import errno
import math
import os
import socket

import pytest

from maestro_adapters.local.keeper.files import FileDebts, create
from maestro_adapters.local.keeper.keeper import Keeper
from maestro_adapters.local.keeper.messages import Messages
from maestro_adapters.local.keeper.outbox import Outbox
from maestro_adapters.local.keeper.script_queue import ScriptQueue
from maestro_adapters.local.keeper.starter import Script


class FakeChildren:
    """Children that a test lets end."""

    def __init__(self):
        self.ended = []
        self.taken = []

    def next_end(self):
        return self.ended[0] if self.ended else None

    def take(self, pid):
        assert self.ended.pop(0)[0] == pid
        self.taken.append(pid)


class World:
    """A keeper with room for two slots, and what it does.

    Attributes:
        started: tokens of the scripts, in the order of their starts; the process ids count from 1.
        refusals: errors of the next starts.
    """

    def __init__(self, folder):
        self.folder = folder
        self.started = []
        self.refusals = []
        self.ours, self.theirs = socket.socketpair()
        self.ours.setblocking(False)
        self.theirs.setblocking(False)
        self.outbox = Outbox(self.theirs.fileno())
        self.debts = FileDebts()
        self.children = FakeChildren()
        self.keeper = Keeper(self.start, self.children, ScriptQueue(), self.debts, self.outbox)
        self.keeper.obey(b"room", b"2")

    def start(self, request, _now):
        if self.refusals:
            raise OSError(self.refusals.pop(0), "no")
        self.started.append(request.token)
        path = os.fsencode(self.folder / os.fsdecode(request.token))
        logs = [path + b".out", path + b".err"]
        for log in logs:
            os.close(create(log))
        began = math.inf if request.patience else -math.inf  # just now, or long ago
        return len(self.started), Script(create(path), path, logs, request, began)

    def ask(self, token, slots=1, *, wait=False, patience=b""):
        words = (b"a.sh", b"1", b"a", b"facts", b"%d" % slots, b"%d" % wait, patience)
        self.keeper.obey(b"start", token, b"/w", *words)

    def end(self, token, code=0):
        self.children.ended.append((self.started.index(token) + 1, code))
        self.keeper.reap()

    def told(self):
        """What is told by now."""
        self.outbox.send()
        try:
            return Messages().feed(self.ours.recv(9999))
        except BlockingIOError:
            return []


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.ours.close()
    world.theirs.close()
    for script in (*world.keeper.running.values(), *world.keeper.leaving.values()):
        os.close(script.attempt_file)


def test_a_script_starts_where_there_is_room_and_its_end_is_written_and_told(world, tmp_path):
    world.ask(b"a")
    ((word, token, pid, _when),) = world.told()
    assert (word, token, pid) == (b"started", b"a", b"1")
    assert world.keeper.is_busy
    world.end(b"a", 4)
    ((word, pid, code, _when, left, lost),) = world.told()
    assert (word, pid, code, left, lost) == (b"ended", b"1", b"4", b"", b"0")
    assert (tmp_path / "a").read_text() == "end code=4\n"
    assert world.children.taken == [1]
    assert not world.keeper.is_busy


def test_a_script_that_was_moved_away_before_it_began_is_lost_and_leaves_nothing(world, tmp_path):
    """What its interpreter says of it is no exit code of the script."""
    world.ask(b"a")
    world.told()
    (tmp_path / "a.err").write_text("sh: a.sh: not found\n")
    world.end(b"a", 127)
    ((word, _pid, code, _when, _left, lost),) = world.told()
    assert (word, code, lost) == (b"ended", b"127", b"1")
    assert list(tmp_path.iterdir()) == []
    assert not world.keeper.is_busy


def test_the_next_starts_when_one_has_ended(world):
    for token in (b"a", b"b", b"c"):
        world.ask(token)
    assert world.started == [b"a", b"b"]
    world.end(b"b")
    assert world.started == [b"a", b"b", b"c"]


def test_who_waits_for_an_answer_hears_that_there_is_no_room(world):
    world.ask(b"a", slots=2)
    world.told()
    world.ask(b"b", wait=True)
    assert world.told() == [[b"waits", b"b"]]


def test_a_dropped_script_never_starts(world):
    world.ask(b"a", slots=2)
    world.ask(b"b")
    world.keeper.obey(b"drop", b"b")
    world.end(b"a")
    assert world.started == [b"a"]


def test_all_that_is_known_is_told_before_it_says_that_it_was(world):
    world.ask(b"a")
    world.children.ended.append((1, 0))
    world.keeper.obey(b"sync")
    assert [message[0] for message in world.told()] == [b"started", b"ended", b"synced"]


def test_what_a_command_left_is_waited_for_and_keeps_its_slots(world, tmp_path):
    world.ask(b"a", slots=2)
    world.ask(b"b")
    world.told()
    script = world.keeper.running[1]
    with open(script.logs[0], "w"):
        script.left = {os.getpid(): b"python"}
        world.end(b"a", 5)
        left = b"python:%d" % os.getpid()
        assert world.told() == [[b"leaves", b"1", b"5", left]]
        assert (tmp_path / "a").read_bytes() == b"command code=5 left=%b\n" % left
        assert b"exit code 5; waiting for" in (tmp_path / "a.err").read_bytes()
        world.keeper.try_again()
        assert world.started == [b"a"]
        assert world.keeper.retry_at is not None
    world.keeper.try_again()
    assert (tmp_path / "a").read_text().endswith("end code=5\n")
    assert world.started == [b"a", b"b"]
    assert [message[0] for message in world.told()] == [b"ended", b"started"]


def test_what_is_left_beyond_the_walltime_is_named_and_not_waited_for(world, tmp_path):
    world.ask(b"a", patience=b"0")
    script = world.keeper.running[1]
    with open(script.logs[0], "w"):
        script.left = {os.getpid(): b"python"}
        world.end(b"a")
    assert world.told()[-1][4] == b"python:%d" % os.getpid()
    assert (tmp_path / "a").read_text() == f"end code=0 left=python:{os.getpid()}\n"


def test_too_many_processes_is_waiting_not_failure(world):
    """A start that the system refuses for now is tried again."""
    world.refusals = [errno.ENOMEM, errno.EAGAIN]
    world.ask(b"a")
    world.ask(b"b")
    assert (world.started, world.told()) == ([], [])
    assert world.keeper.retry_at is not None
    world.keeper.try_again()
    assert world.started == [b"a", b"b"]
    assert world.keeper.retry_at is None


@pytest.mark.parametrize(("error", "code"), [(errno.EEXIST, b"75"), (errno.ENOSPC, b"73")])
def test_what_cannot_start_is_refused_and_stops_no_other(world, error, code):
    world.refusals = [error]
    world.ask(b"a")
    world.ask(b"b")
    refused, started = world.told()
    assert refused == [b"refused", b"a", code, os.strerror(error).encode()]
    assert started[:2] == [b"started", b"b"]


def test_it_is_busy_while_something_is_owed(world, tmp_path):
    (tmp_path / "gone").mkdir()
    world.debts.delete(os.fsencode(tmp_path / "gone"))  # a folder cannot be deleted so
    assert world.keeper.is_busy
    world.keeper.try_again()
    assert world.keeper.retry_at is not None
    (tmp_path / "gone").rmdir()
    world.keeper.try_again()
    assert not world.keeper.is_busy
