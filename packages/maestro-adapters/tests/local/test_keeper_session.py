"""A pool's dealings with its keepers.

Would catch a job that is started twice, forgotten or ended wrongly where a keeper dies, and one that starts after
it was taken back.
"""

import errno
import os
from types import SimpleNamespace

import pytest

from maestro_adapters.local.exit_watch import LOOK_INTERVAL
from maestro_adapters.local.job_table import JobTable
from maestro_adapters.local.keeper.client import (
    CommandEnded,
    Ended,
    KeeperDiedError,
    Refused,
    Started,
)
from maestro_adapters.local.keeper_session import KeeperSession
from maestro_adapters.local.processes.subreaper import Orphans
from maestro_adapters.local.slots import Slots
from maestro_adapters.local.system import System
from maestro_adapters.local.wakeup import Wakeup, make_pipe
from maestro_adapters.script import attempt_file


class FakeKeeper:
    """A keeper that starts nothing.

    Attributes:
        asked: what it was asked, in order.
        reports: what it has to tell.
        dies: it is no more; with `was_killed`, by somebody's hand.
    """

    def __init__(self, pid):
        self.pid = pid
        self.fd, self._write = make_pipe()
        self.asked = []
        self.reports = []
        self.dies = False
        self.was_killed = True
        self.closed_idle = None

    def start(self, job, slots, *, wait):
        self._ask("start", job.token, slots, wait)

    def drop(self, job):
        self._ask("drop", job.token)

    def set_room(self, slots):
        self.asked.append(("room", slots))

    def sync(self):
        self._ask("sync")

    def flush(self):
        self._ask("flush")

    def receive(self):
        if self.dies:
            raise KeeperDiedError
        return self.received()

    def received(self):
        reports, self.reports = self.reports, []
        return reports

    def reap(self):
        return self.was_killed

    def close(self, idle):
        self.closed_idle = idle

    def _ask(self, *what):
        if self.dies:
            raise KeeperDiedError
        self.asked.append(what)

    def starts(self):
        """The tokens that it was asked to start."""
        return [words[1] for words in self.asked if words[0] == "start"]


class FakeExitWatch:
    """Watches nothing; a test says when something ends."""

    def __init__(self):
        self.jobs = []

    def watch(self, job):
        self.jobs.append(job)


@pytest.fixture(params=[True])
def world(alarms, request):
    """A session over two slots whose keepers are fakes, numbered from 100; `refuse` holds errors instead.

    Where the parameter is false, the system has no epoll.
    """
    world = SimpleNamespace(
        keepers=[],
        refuse=[],
        watch=FakeExitWatch(),
        wakeup=Wakeup(has_epoll=request.param),
    )

    def start_keeper():
        if world.refuse:
            raise world.refuse.pop(0)
        world.keepers.append(FakeKeeper(100 + len(world.keepers)))
        return world.keepers[-1]

    world.table = JobTable(Slots(2), "n1", on_start=lambda _: None, on_end=lambda _: None)
    world.session = KeeperSession(
        start_keeper,
        world.table,
        world.watch,
        Orphans(False, System()),
        world.wakeup,
        alarms.later,
    )
    yield world
    world.wakeup.close()
    for keeper in world.keepers:
        os.close(keeper.fd)
        os.close(keeper._write)


def path_of(job):
    return attempt_file.path_of(job.workspace, job.attempt)


def start(world, job, pid):
    """Submit a job, and let the keeper report that it runs."""
    world.session.submit([job])
    world.keepers[-1].reports.append(Started(job.token, pid, 1.0))
    world.session.hear()
    assert job.pid == pid


def test_the_first_job_starts_a_keeper_which_has_room_for_all_slots(world, local_job):
    assert not world.session.has_keeper
    job = local_job(slots=9)
    world.session.submit([job])
    (keeper,) = world.keepers
    assert keeper.asked == [("room", 2), ("start", job.token, 2, True), ("flush",)]
    assert job.id.startswith("q")


def test_nothing_to_submit_starts_no_keeper(world):
    world.session.submit([])
    assert world.keepers == []


def test_only_who_has_room_is_waited_for(world, local_job):
    jobs = [local_job(name, slots=2) for name in "ab"]
    world.session.submit(jobs)
    asked = [words for words in world.keepers[0].asked if words[0] == "start"]
    assert [wait for *_, wait in asked] == [True, False]


def test_what_a_keeper_reports_becomes_of_the_jobs(world, local_job):
    good, left, lost, bad = (local_job(name) for name in "abcd")
    start(world, good, 7)
    start(world, left, 8)
    start(world, lost, 9)
    world.session.submit([bad])
    world.keepers[0].reports = [
        Ended(7, 3, 5.0),
        CommandEnded(8, 0, "sleep:9"),
        Ended(9, 0, 5.0, lost=True),
        Refused(bad.token, 73, "No space left on device"),
    ]
    world.session.hear()
    assert (good.status.state, good.status.exit_code, good.status.ended) == ("FAILED", 3, 5.0)
    assert (left.status.state, "sleep (9)" in left.status.reason) == ("RUNNING", True)
    assert (lost.status.state, lost.status.exit_code) == ("HWFAILURE", 0)
    assert (bad.status.state, "No space left" in bad.status.reason) == ("HWFAILURE", True)
    assert (list(world.table.running), world.table.slots.free) == ([left], 1)


def test_scripts_of_a_killed_keeper_are_watched_and_what_waits_goes_to_another(world, local_job):
    running, waiting = local_job("a"), local_job("b", slots=2)
    start(world, running, 7)
    world.session.submit([waiting])
    world.keepers[0].dies = True
    world.session.hear()
    second = world.keepers[1]
    assert world.watch.jobs == [running]
    assert running.status.state == "RUNNING"
    assert second.asked == [("room", 1), ("start", waiting.token, 2, False), ("flush",)]


def test_what_it_reported_last_counts(world, local_job):
    job = local_job()
    start(world, job, 7)
    keeper = world.keepers[0]
    keeper.reports = [Ended(7, 0, 5.0)]
    keeper.dies = True
    world.session.hear()
    assert job.status.state == "FINISHED"
    assert world.watch.jobs == []


def test_a_job_that_it_started_as_its_last_act_is_not_started_again(world, local_job):
    first, second = local_job("a"), local_job("b")
    world.session.submit([first, second])
    attempt = f"start keeper={world.keepers[0].pid} host=n1 boot=b\nscript pid=41\n"
    path_of(first).write_text(attempt)
    world.keepers[0].dies = True
    world.session.hear()
    assert (first.status.state, first.pid, world.watch.jobs) == ("RUNNING", 41, [first])
    assert world.keepers[1].starts() == [second.token]


def test_one_whose_end_it_wrote_as_its_last_act_has_ended(world, local_job):
    """No process is there any more that could be asked."""
    job = local_job()
    world.session.submit([job])
    path_of(job).write_text(f"start keeper={world.keepers[0].pid} host=n1 boot=b\nend code=4\n")
    world.keepers[0].dies = True
    world.session.hear()
    assert (job.status.state, job.status.exit_code) == ("FAILED", 4)
    assert world.keepers[1:] == []


def test_an_attempt_of_another_keeper_is_not_taken_for_ours(world, local_job):
    job = local_job()
    world.session.submit([job])
    path_of(job).write_text("start keeper=5 host=n1 boot=b\nscript pid=41\n")
    world.keepers[0].dies = True
    world.session.hear()
    assert world.keepers[1].starts() == [job.token]  # which will find the file, and refuse


def test_keepers_that_die_of_themselves_are_no_endless_loop(world, local_job):
    job = local_job()
    world.session.submit([job])
    for _ in range(3):
        world.keepers[-1].dies = True
        world.keepers[-1].was_killed = False
        world.session.hear()
    assert len(world.keepers) == 3
    assert (job.status.state, "dies at once" in job.status.reason) == ("FAILED", True)
    assert not world.table.waiting


def test_a_full_system_is_tried_again(world, local_job, alarms):
    job = local_job()
    world.session.submit([job])
    world.refuse.append(OSError(errno.EAGAIN, "full"))
    world.keepers[0].dies = True
    world.session.hear()
    assert not world.session.has_keeper
    assert job.status.state == "PENDING"
    assert alarms.pass_time() == [1.0]
    assert world.keepers[1].starts() == [job.token]


def test_where_no_other_keeper_is_to_be_had_what_waits_fails(world, local_job):
    job = local_job()
    world.session.submit([job])
    world.refuse.append(OSError(errno.ENOENT, "no Python"))
    world.keepers[0].dies = True
    world.session.hear()
    assert (job.status.state, "no Python" in job.status.reason) == ("FAILED", True)


def test_without_a_first_keeper_nothing_is_submitted(world, local_job):
    world.refuse.append(OSError(errno.EMFILE, "too many"))
    with pytest.raises(OSError, match="too many"):
        world.session.submit([local_job()])
    assert not world.table.waiting


def test_a_job_that_waits_is_taken_back_before_it_starts(world, local_job):
    job = local_job()
    world.session.submit([job])
    assert world.session.take_back([job], "withdrawn") == [job]
    assert world.keepers[0].asked[-2:] == [("drop", job.token), ("sync",)]
    assert (job.status.state, job.status.reason) == ("CANCELLED", "withdrawn")


def test_one_that_had_started_meanwhile_is_not_taken_back(world, local_job):
    job = local_job()
    world.session.submit([job])
    world.keepers[0].reports = [Started(job.token, 7, 1.0)]
    assert world.session.take_back([job], "withdrawn") == []
    assert job.status.state == "RUNNING"


def test_the_next_keeper_drops_what_is_taken_back_too(world, local_job):
    """The first dies while it is asked, so the second has been asked to start it."""
    job = local_job()
    world.session.submit([job])
    world.keepers[0].dies = True
    assert world.session.take_back([job], "withdrawn") == [job]
    assert world.keepers[1].starts() == [job.token]
    assert world.keepers[1].asked[-2:] == [("drop", job.token), ("sync",)]


def test_what_no_keeper_was_asked_for_is_taken_back_without_one(world, local_job, alarms):
    """The system is full: no keeper can be started to tell it."""
    job = local_job()
    world.session.submit([job])
    world.refuse.append(OSError(errno.EAGAIN, "full"))
    world.keepers[0].dies = True
    world.session.hear()
    assert world.session.take_back([job], "withdrawn") == [job]
    alarms.pass_time()
    assert world.keepers[1:] == []


def test_it_leaves_the_slots_of_others_free(world, local_job):
    world.session.submit([local_job("a")])
    world.watch.jobs.append(local_job("b", slots=9))
    world.session.update_room()
    assert world.keepers[0].asked[-1] == ("room", 0)


@pytest.mark.parametrize("world", [False], indirect=True)
def test_where_nothing_notifies_the_keeper_is_heard_again_and_again(world, local_job, alarms):
    """Each alarm is a reason for the pool to hear it; without one, an end would never be noticed."""
    job = local_job()
    start(world, job, 7)
    assert alarms.pass_time() == [LOOK_INTERVAL]
    assert alarms.pass_time() == [LOOK_INTERVAL]
    world.keepers[0].reports = [Ended(7, 0, 5.0)]
    world.session.hear()
    alarms.pass_time()
    assert alarms.pass_time() == []


def test_where_the_keeper_notifies_no_alarm_is_set(world, local_job, alarms):
    start(world, local_job(), 7)
    assert alarms.pass_time() == []


@pytest.mark.parametrize("runs", [False, True])
def test_an_idle_keeper_is_waited_for_at_the_end(world, local_job, runs):
    job = local_job()
    start(world, job, 7)
    if not runs:
        world.keepers[0].reports = [Ended(7, 0, 5.0)]
        world.session.hear()
    world.session.close()
    assert world.keepers[0].closed_idle is not runs
    assert not world.session.has_keeper
