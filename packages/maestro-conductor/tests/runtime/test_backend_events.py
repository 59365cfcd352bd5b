"""A backend that is not listened to, asked too often, or not let go of."""

from __future__ import annotations

import contextlib
import os
import selectors

import pytest

from maestro_conductor.backends.job_request import JobRequests
from maestro_conductor.backends.local_backend import LocalBackend
from maestro_conductor.backends.scheduler_backend import SchedulerBackend
from maestro_conductor.backends.script_writer import ScriptWriter
from maestro_conductor.backends.submitter import Submitter
from maestro_conductor.core.events import Answers, Now, Polled
from maestro_conductor.core.instructions import Submission
from maestro_conductor.core.machine import Machine
from maestro_conductor.core.queues import LOCAL, SCHEDULED
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.model.settings import Settings
from maestro_conductor.runtime.backend_events import BackendEvents
from maestro_conductor.runtime.waiter import Waiter
from maestro_conductor.runtime.wakeup_pipe import WakeupPipe
from maestro_conductor.testing import ManualClock, ScriptedScheduler, StepPlan, make_workspace
from maestro_conductor.testing.virtual_time import PromptWorker
from maestro_conductor.workspace.graph_file import GraphFile

RUNNING = {"state": "RUNNING"}


class Telling(ScriptedScheduler):
    """Tells when there is news, and can say whether it is there."""

    def __init__(self, **more):
        super().__init__(outcome=lambda _job: RUNNING, **more)
        self.read_end, self.write_end = os.pipe()
        self.asked = 0
        self.closed = False

    def wake_fd(self):
        return self.read_end

    def tell(self):
        os.write(self.write_end, b".")

    def poll(self, job_ids):
        os.set_blocking(self.read_end, False)
        with contextlib.suppress(BlockingIOError):
            os.read(self.read_end, 100)
        return super().poll(job_ids)

    def reach(self):
        self.asked += 1
        return "no answer"

    def close(self, stop_jobs=False):
        assert not stop_jobs
        self.closed = True
        os.close(self.read_end)
        os.close(self.write_end)


class Bench:
    """A local and a scheduled step, both submitted."""

    def __init__(self, root, **how):
        plans = [StepPlan("l"), StepPlan("s", resources={"nodes": 1})]
        make_workspace(root, plans, batch={"type": "scripted"})
        file = GraphFile(root)
        self.clock = ManualClock()
        self.state = StudyState(2, "3f9a0c2d71e8", Settings(sleep=60.0))
        self.machine = Machine(file.graph, self.state, **how)
        self.local, self.scheduler = Telling(name="local", scheduled=False), Telling()
        writer = ScriptWriter(file.graph, JobRequests(file, root), self.local, root)
        queue = self.machine.queues[LOCAL]
        self.pipe = WakeupPipe()
        self.backends = {
            LOCAL: LocalBackend(self.local, Submitter(writer), queue, self.clock.steady),
            SCHEDULED: SchedulerBackend(
                self.scheduler,
                Submitter(writer),
                self.pipe.set,
                lambda *_event, **_fields: None,
                worker=PromptWorker,
            ),
        }
        waiter = Waiter(selectors.DefaultSelector(), self.pipe)
        self.events = BackendEvents(self.clock, self.machine, *self.backends.values(), waiter)

    def start(self):
        """Both steps run."""
        now = Now(self.clock.wall(), self.clock.steady())
        self.machine.start(now)
        self.machine.handle([], now)
        answers = [
            backend.submit([Submission(i, 1, f"t{i}", restart=False)])
            for i, backend in enumerate(self.backends.values())
        ]
        self.machine.handle([each for each in answers if each is not None], now)
        self.machine.handle(self.wait(0.0), now)
        self.wait(2.0)  # the first polls
        self.wait(0.0)

    def wait(self, seconds):
        """Time passes, unless something has been told."""
        self.clock.advance(seconds)
        return self.events.wait(self.clock.steady())


@pytest.fixture
def make(tmp_path):
    made = []

    def make(**how):
        made.append(Bench(tmp_path, **how))
        return made[-1]

    yield make
    for bench in made:
        bench.events.close()
        bench.pipe.close()
        assert bench.local.closed
        assert bench.scheduler.closed


def test_answers_to_submissions_come_from_both(make):
    bench = make()
    bench.start()
    assert set(bench.machine.queues[LOCAL].jobs) == set(bench.local.submitted)
    assert set(bench.machine.queues[SCHEDULED].jobs) == set(bench.scheduler.submitted)


def test_a_local_end_that_is_told_is_collected_without_a_poll_of_the_scheduler(make):
    bench = make()
    bench.start()
    polls = bench.scheduler.polls
    (job,) = bench.local.submitted
    bench.local.say(job, state="FINISHED", exit_code=0)
    bench.local.tell()
    (polled,) = bench.wait(0.0)
    assert polled == Polled(LOCAL, {job: bench.local.answers[job]})
    assert bench.scheduler.polls == polls


def test_a_scheduler_that_tells_is_polled_within_a_second(make):
    bench = make()
    bench.start()
    bench.wait(70.0)
    bench.wait(0.0)
    assert bench.events.next_time() > bench.clock.steady() + 1
    bench.scheduler.tell()
    bench.wait(0.0)
    assert bench.events.next_time() <= bench.clock.steady() + 1


def test_local_jobs_are_looked_at_now_and_then_though_nothing_is_told(make):
    bench = make()
    bench.start()
    polls = bench.local.polls
    bench.wait(1.0)
    assert bench.local.polls == polls
    bench.wait(5.0)
    assert bench.local.polls == polls + 1


def test_where_nothing_is_under_way_there_is_nothing_to_do(make):
    bench = make()
    assert bench.events.next_time() == float("inf")
    assert bench.wait(100.0) == []
    assert bench.scheduler.polls == bench.local.polls == 0


def test_the_scheduler_is_asked_whether_it_is_there_where_something_is_to_run(make):
    bench = make()
    bench.events.ask()
    assert bench.events.asking
    bench.wait(0.0)
    assert not bench.events.asking
    assert bench.events.trouble == "no answer"
    dry = make(dry=True)
    dry.events.ask()
    assert dry.scheduler.asked == 0


def test_a_refusal_of_everything_is_trouble_until_a_job_is_taken(make):
    bench = make()
    bench.scheduler.refusal = lambda _job: {"error": "sbatch: down", "transient": True}
    bench.backends[SCHEDULED].submit([Submission(1, 1, "t", restart=False)])
    (answers,) = bench.wait(0.0)
    assert isinstance(answers, Answers)
    assert bench.events.trouble == "sbatch: down"
    bench.scheduler.refusal = lambda _job: None
    bench.backends[SCHEDULED].submit([Submission(1, 1, "t", restart=False)])
    bench.wait(0.0)
    assert bench.events.trouble is None
