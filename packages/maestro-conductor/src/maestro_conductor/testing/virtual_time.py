"""Let time pass only where a conductor waits: an hour of it takes a moment, and nothing races.

A `Timeline` stands for the conductor's selector and holds its clock, a `PromptWorker` for the
thread of its scheduler, a `SlottedPool` for the adapter of local steps.
"""

from __future__ import annotations

import selectors
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from maestro_conductor.backends.protocol import CancelAnswer, JobMap, PollAnswer, SubmitAnswer
from maestro_conductor.runtime.host import Host
from maestro_conductor.testing.clock import ManualClock
from maestro_conductor.testing.scheduler import ScriptedScheduler
from maestro_conductor.workspace.disk import Disk, SystemDisk

_T = TypeVar("_T")

__all__ = ["PromptWorker", "SlottedPool", "Timeline", "WatchedScheduler"]

#: s after which a study that should have ended is given up.
_TOO_LONG = 3600.0


class Timeline:
    """Time passes where the conductor waits, and only there; things happen at their time.

    Attributes:
        clock: for the conductor.
        waits: how often it waited.
    """

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.waits = 0
        self._start = self.clock.steady_s
        self._happenings: list[tuple[float, Callable[[], object]]] = []

    def opened(self) -> Timeline:
        """Stand for a new selector: `Host.selector`."""
        self._selector = selectors.DefaultSelector()
        self.register, self.close = self._selector.register, self._selector.close
        return self

    def host(self, disk: Disk | None = None) -> Host:
        """Return a machine with this time, whose schedulers answer at once.

        Args:
            disk: of the machine; None: the real one.
        """
        return Host(
            clock=self.clock,
            disk=disk or SystemDisk(),
            selector=self.opened,
            worker=PromptWorker,
        )

    @property
    def now(self) -> float:
        """S since the start."""
        return self.clock.steady_s - self._start

    def at(self, time: float, happens: Callable[[], object]) -> None:
        """Have something happen ``time`` s after the start."""
        self._happenings.append((time, happens))
        self._happenings.sort(key=lambda item: item[0])

    def select(self, timeout: float) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait as a selector does; time passes."""
        self.waits += 1
        if found := self._selector.select(0):
            return found
        until = self.now + max(timeout, 0.001)  # it must pass, or sums of floats never get there
        if until > _TOO_LONG:
            raise TimeoutError("the study does not end")
        while self._happenings and self._happenings[0][0] <= until:
            time, happens = self._happenings.pop(0)
            self.clock.advance(max(0.0, time - self.now))
            happens()
            if found := self._selector.select(0):  # a signal, or an adapter that tells
                return found
        self.clock.advance(until - self.now)
        return []


class PromptWorker:
    """An `maestro_conductor.backends.worker_thread.AdapterWorker` whose calls take no time."""

    def __init__(self, answered: Callable[[], None]) -> None:
        self._answered = answered
        self._answers: list[Callable[[], None]] = []

    def put(self, call: Callable[[], _T], answer: Callable[[_T], None], **_how: bool) -> None:
        """Make a call at once."""
        self._answers.append(partial(answer, call()))
        self._answered()

    def collect(self) -> None:
        """Hand out the answers."""
        answers, self._answers = self._answers, []
        for answer in answers:
            answer()

    def close(self) -> None:
        """Do nothing: nothing is held."""

    def join(self, timeout: float) -> None:
        """Do nothing: nothing is waited for."""


class WatchedScheduler(ScriptedScheduler):
    """Its jobs run until they are told to end; it remembers when it was called.

    Attributes:
        polled: s, and how many jobs were asked for.
        submissions: s of each job.
        cancellations: s of each call.
    """

    def __init__(
        self,
        time: Timeline,
        *,
        name: str = "scripted",
        slots: int | None = None,
        scheduled: bool = True,
    ) -> None:
        super().__init__(
            outcome=lambda _job: {"state": "RUNNING"}, name=name, slots=slots, scheduled=scheduled
        )
        self.time = time
        self.polled: list[tuple[float, int]] = []
        self.submissions: list[float] = []
        self.cancellations: list[float] = []

    def poll(self, job_ids: Sequence[str]) -> dict[str, PollAnswer]:
        """See docs/adapters.md."""
        self.polled.append((self.time.now, len(job_ids)))
        return super().poll(job_ids)

    def submit(self, jobs: Sequence[JobMap]) -> dict[str, SubmitAnswer]:
        """See docs/adapters.md."""
        self.submissions += [self.time.now] * len(jobs)
        return super().submit(jobs)

    def cancel(self, job_ids: Sequence[str]) -> dict[str, CancelAnswer]:
        """See docs/adapters.md."""
        self.cancellations.append(self.time.now)
        return super().cancel(job_ids)


class SlottedPool(WatchedScheduler):
    """A local adapter: its jobs wait for a slot, start in their order, and end by themselves.

    Args:
        time: its own.
        slots: jobs that run at a time.
        lasts: s that each job runs.

    Attributes:
        starts: s of each start, and how many ran from then on.
    """

    def __init__(self, time: Timeline, slots: int, lasts: float) -> None:
        super().__init__(time, name="local", slots=slots, scheduled=False)
        self.outcome = lambda _job: {"state": "PENDING"}
        self.starts: list[tuple[float, int]] = []
        self._lasts = lasts

    def _those(self, state: str) -> list[str]:
        return [job for job, answer in self.answers.items() if answer["state"] == state]

    def _fill(self) -> None:
        for job in self._those("PENDING")[: (self.slots or 0) - len(self._those("RUNNING"))]:
            self.say(job, state="RUNNING", started=self.time.clock.wall_ms / 1000)
            self.starts.append((self.time.now, len(self._those("RUNNING"))))
            self.time.at(self.time.now + self._lasts, partial(self._end, job))

    def _end(self, job: str) -> None:
        if self.answers[job]["state"] == "RUNNING":
            self.say(job, state="FINISHED", exit_code=0)
        self._fill()

    def submit(self, jobs: Sequence[JobMap]) -> dict[str, SubmitAnswer]:
        """See docs/adapters.md."""
        answers = super().submit(jobs)
        self._fill()
        return {
            key: {**answer, "state": self.answers[answer["job"]]["state"]}
            for key, answer in answers.items()
        }
