"""The whole conductor in a time of its own: how soon it notices what, and how often it asks."""

from __future__ import annotations

import errno
import json
import os
import select
import selectors
import signal
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from maestro_conductor import composition, loop, scheduler_link
from maestro_conductor.files import JOURNAL
from maestro_conductor.journal import JournalReader, JournalWriter
from maestro_conductor.log_events import EVENTS
from maestro_conductor.testing import ManualClock, ScriptedScheduler, StepPlan, make_workspace

FINISHED = {"state": "FINISHED", "exit_code": 0}
RUNNING = {"state": "RUNNING"}
Selector = selectors.DefaultSelector
#: s after which a study that should have ended is given up.
TOO_LONG = 3600.0


class Timeline:
    """Time passes where the conductor waits, and only there; things happen at their time."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.begin = self.clock.steady_s
        self._happenings: list[tuple[float, Callable[[], Any]]] = []

    def opened(self) -> Timeline:
        """Stands for a new `DefaultSelector`."""
        self._selector = Selector()
        self.register, self.close = self._selector.register, self._selector.close
        return self

    @property
    def now(self) -> float:
        return self.clock.steady_s - self.begin

    def at(self, time: float, happens: Callable[[], Any]) -> None:
        self._happenings.append((time, happens))
        self._happenings.sort(key=lambda item: item[0])

    def select(self, timeout: float) -> list[Any]:
        if found := self._selector.select(0):
            return found
        until = self.now + max(timeout, 0.001)  # it must pass, or sums of floats never get there
        assert until < TOO_LONG, "the study does not end"
        while self._happenings and self._happenings[0][0] <= until:
            time, happens = self._happenings.pop(0)
            self.clock.advance(max(0.0, time - self.now))
            happens()
            if found := self._selector.select(0):  # a signal
                return found
        self.clock.advance(until - self.now)
        return []


class Prompt:
    """An `AdapterWorker` whose calls take no time."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._answers: list[tuple[Callable[[Any], None], Any]] = []

    def put(self, call: Callable[[], Any], answer: Callable[[Any], None], **_how: bool) -> None:
        self._answers.append((answer, call()))
        self._wake()

    def collect(self) -> None:
        answers, self._answers = self._answers, []
        for answer, value in answers:
            answer(value)

    def close(self) -> None: ...

    def join(self, timeout: float) -> None: ...


class Watched(ScriptedScheduler):
    """Its jobs run until they are told to end; it remembers when it was called."""

    def __init__(self, time: Timeline, **more: Any) -> None:
        super().__init__(outcome=lambda _job: RUNNING, **more)
        self.time = time
        self.polled: list[tuple[float, int]] = []
        self.submissions: list[float] = []
        self.cancellations: list[float] = []

    def poll(self, job_ids: Any) -> Any:
        self.polled.append((self.time.now, len(job_ids)))
        return super().poll(job_ids)

    def submit(self, jobs: Any) -> Any:
        self.submissions += [self.time.now] * len(jobs)
        return super().submit(jobs)

    def cancel(self, job_ids: Any) -> Any:
        self.cancellations.append(self.time.now)
        return super().cancel(job_ids)


class Bench:
    """A study of scheduled jobs that run until they are told to end."""

    def __init__(
        self, root: Any, monkeypatch: pytest.MonkeyPatch, jobs: int, plan: Any, run: Any
    ) -> None:
        plans = [StepPlan("s", ["x"] * jobs, **{"resources": {"nodes": 1}, **plan})]
        self.root = make_workspace(root, plans, batch={"type": "scripted"}, run=run)
        self.time = Timeline()
        self.scheduler = Watched(self.time)
        self.local = Watched(self.time, name="local", slots=1, scheduled=False)
        monkeypatch.setattr(composition, "SystemClock", lambda: self.time.clock)
        monkeypatch.setattr(scheduler_link, "AdapterWorker", Prompt)
        monkeypatch.setattr(loop.selectors, "DefaultSelector", self.time.opened)

    def conduct(self, **options: Any) -> int:
        return composition.conduct(
            self.root,
            scheduler_factory=lambda name, _options: (
                self.local if name == "local" else self.scheduler
            ),
            **options,
        )

    def end_all(self) -> None:
        for job in self.scheduler.submitted:
            self.scheduler.say(job, **FINISHED)

    def gaps(self, since: float = 0.0) -> list[float]:
        """s between one poll and the next."""
        return [
            round(after - before, 3)
            for (before, _), (after, _) in pairwise(self.scheduler.polled)
            if after >= since
        ]

    def events(self, name: str = "study.log") -> list[dict[str, Any]]:
        lines = (self.root / "logs" / name).read_text().splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture
def bench(tmp_path, monkeypatch):
    return lambda jobs=1, plan=None, **run: Bench(tmp_path, monkeypatch, jobs, plan or {}, run)


def test_all_jobs_are_asked_for_at_once_ever_less_often_while_nothing_changes(bench):
    b = bench(30, sleep=20.0)
    b.time.at(150.0, lambda: b.scheduler.say("100", state="SUSPENDED"))
    b.time.at(300.0, b.end_all)
    assert b.conduct() == 0
    assert {number for _, number in b.scheduler.polled} == {30}
    gaps = b.gaps()
    assert b.scheduler.polled[0][0] <= 1.5
    assert gaps[0] <= 1.5
    quiet = [gap for (time, _), gap in zip(b.scheduler.polled, gaps, strict=False) if time < 149]
    assert quiet == sorted(quiet)
    assert 20.0 in quiet
    assert max(gaps) == 20.0
    noticed = next(time for time, _ in b.scheduler.polled if time >= 150)
    assert noticed <= 170
    assert b.gaps(since=noticed + 0.1)[0] == 1.0


class Waking(Watched):
    """A local adapter that tells when a job has ended."""

    def __init__(self, time: Timeline) -> None:
        super().__init__(time, name="local", slots=1, scheduled=False)
        self.read_end, self.write_end = os.pipe()

    def wake_fd(self) -> int:
        return self.read_end

    def end(self, job: str) -> None:
        self.say(job, **FINISHED)
        os.write(self.write_end, b".")

    def poll(self, job_ids: Any) -> Any:
        if select.select([self.read_end], [], [], 0)[0]:
            os.read(self.read_end, 100)
        return super().poll(job_ids)


def test_no_poll_lies_between_the_end_of_a_local_step_and_the_start_of_the_next(bench):
    b = bench()
    chain = [StepPlan("a"), StepPlan("b", needs=["a"]), StepPlan("c", needs=["b"])]
    make_workspace(b.root, chain, batch={"type": "scripted"})
    b.local = Waking(b.time)
    ends = [10.123, 33.3, 57.001]
    for number, time in enumerate(ends):
        b.time.at(time, lambda job=str(100 + number): b.local.end(job))
    assert b.conduct() == 0
    starts = [round(time, 3) for time in b.local.submissions]
    assert starts == [0.0, *ends[:-1]]
    assert b.time.now == pytest.approx(ends[-1])
    assert len(b.local.polled) < 30  # nobody looks again and again


def test_a_shorter_sleep_of_the_command_line_or_an_update_counts_at_once(bench):
    b = bench(sleep=60.0)
    lock = b.root / ".study.update.lock"
    b.time.at(200.0, lambda: lock.write_text("sleep: 2\n"))
    b.time.at(300.0, b.end_all)
    assert b.conduct(sleeptime=10.0) == 0
    assert max(b.gaps()) == 10.0
    assert max(b.gaps(since=204.0)) == 2.0


def test_requests_are_noticed_within_a_second_though_the_scheduler_is_left_alone(bench):
    b = bench(3, throttle=1)
    b.time.at(101.3, lambda: (b.root / ".study.update.lock").write_text("throttle: 2\n"))
    b.time.at(207.7, lambda: (b.root / ".cancel.lock").touch())
    assert b.conduct() == 3
    assert b.scheduler.submissions[0] == 0.0
    assert 101.3 <= b.scheduler.submissions[1] <= 102.3
    assert len(b.scheduler.submissions) == 2
    assert 207.7 <= b.scheduler.cancellations[0] <= 208.7
    assert b.time.now <= 212


def test_a_renamed_log_is_left_within_a_second(bench):
    b = bench(sleep=0.1)
    log = b.root / "logs/study.log"
    b.time.at(50.0, lambda: log.rename(log.with_suffix(".old")))
    b.time.at(51.0, lambda: b.scheduler.say("100", state="SUSPENDED"))
    b.time.at(60.0, b.end_all)
    assert b.conduct() == 0
    assert "step_changed" not in {line["event"] for line in b.events("study.old")}
    told = [line["event"] for line in b.events()]
    assert told == ["step_started", "step_finished", "study_ended", "conductor_stopped"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("local_steps", ["leave", "stop"])
def test_jobs_of_a_scheduler_go_on_when_a_signal_stops_the_conductor(bench, number, local_steps):
    b = bench(3, throttle=2)
    b.time.at(30.0, lambda: os.kill(os.getpid(), number))
    assert b.conduct(local_steps=local_steps) == 128 + number
    assert b.time.now <= 31.0
    assert b.scheduler.cancelled == []
    assert len(b.scheduler.submissions) == 2
    b.time.at(40.0, b.end_all)
    b.scheduler.outcome = lambda _job: FINISHED
    assert b.conduct() == 0
    assert len(b.scheduler.submissions) == 3


def test_a_request_is_removed_when_its_effect_is_in_the_journal(bench, monkeypatch):
    b = bench(2, throttle=1)
    real, full = JournalWriter.flush, False
    seen = []

    def flush(writer, *, sync=False):
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(writer, sync=sync)

    def fill():
        nonlocal full
        full = not full
        seen.append([path.name for path in (b.root / ".maestro/claimed").iterdir()])

    monkeypatch.setattr(JournalWriter, "flush", flush)
    b.time.at(10.0, fill)
    b.time.at(11.0, lambda: (b.root / ".study.update.lock").write_text("throttle: 2\n"))
    b.time.at(20.0, fill)
    b.time.at(30.0, b.end_all)
    assert b.conduct() == 0
    assert seen[0] == []
    assert len(seen[1]) == 1
    assert list((b.root / ".maestro/claimed").iterdir()) == []
    assert 20.0 <= b.scheduler.submissions[1] <= 21.0


def test_a_restart_a_resubmission_a_retry_and_a_resume_are_told_apart(bench):
    ends = {
        1: {"state": "TIMEDOUT"},
        2: {"state": "HWFAILURE", "reason": "node n3 failed"},
        3: {"state": "PREEMPTED"},
        4: {"state": "FAILED", "exit_code": 3},
        5: {"state": "FAILED", "exit_code": 3},
        6: FINISHED,
    }
    b = bench(plan={"restart": "again", "failure": {"retries": 1}})

    def outcome(job):
        (b.root / f"s/.attempt.{job['attempt']}").write_text("start pid=7 host=n3 boot=b\n")
        return ends[job["attempt"]]

    b.scheduler.outcome = outcome
    assert b.conduct() == 2
    requests = b.root / ".maestro/requests"
    requests.mkdir(exist_ok=True)
    (requests / "again.json").write_text('{"request": "resume", "steps": null}')
    assert b.conduct() == 0
    causes = ["first", "restart", "resubmission", "resubmission", "retry", "resume"]
    with JournalReader(b.root / JOURNAL) as reader:
        intents = [record["jobs"][0] for record in reader.read() if record["kind"] == "intent"]
    assert [(row[1], row[3]) for row in intents] == list(enumerate(causes, 1))
    told = b.events()
    started = [line for line in told if line["event"] == "step_started"]
    assert [(line["attempt"], line["cause"]) for line in started] == list(enumerate(causes, 1))
    again = [line["reason"] for line in told if line["event"] == "step_queued_again"]
    assert again == [
        "timed out: restart 1 of 1",
        "node n3 failed; resubmission 1 of 10",
        "preempted by the scheduler; resubmission 2 of 10",
        "retry 1 of 1",
    ]
    how = [
        "step_timed_out",
        "step_lost",
        "step_lost",
        "step_failed",
        "step_failed",
        "step_finished",
    ]
    assert [line["event"] for line in told if line["event"] in how] == how
    for line in told:
        assert set(EVENTS[line["event"]].required) <= line.keys(), line
    ended = [line for line in told if line["event"] in how]
    assert [(line["attempt"], line["job_id"]) for line in ended] == [
        (attempt, str(99 + attempt)) for attempt in range(1, 7)
    ]
    assert all("duration_s" in line for line in ended)
