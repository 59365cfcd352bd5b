"""Wait for schedulers and local steps, and collect what they say."""

from __future__ import annotations

import math

from maestro_conductor.backends.local_backend import LocalBackend
from maestro_conductor.backends.scheduler_backend import SchedulerBackend
from maestro_conductor.core.events import Event
from maestro_conductor.core.machine import Machine
from maestro_conductor.core.queues import SCHEDULED
from maestro_conductor.runtime.clock import Clock
from maestro_conductor.runtime.waiter import Waiter

__all__ = ["BackendEvents"]


class BackendEvents:
    """Wait until a backend, a signal or the time wants something.

    Args:
        clock: tells the time.
        machine: whose jobs live.
        local: runs local steps.
        scheduler: runs scheduled ones; None: there is none.
        waiter: waits.
    """

    def __init__(
        self,
        clock: Clock,
        machine: Machine,
        local: LocalBackend,
        scheduler: SchedulerBackend | None,
        waiter: Waiter,
    ) -> None:
        self._clock = clock
        self._machine = machine
        self._state = machine.state
        self._queue = machine.queues[SCHEDULED]
        self._local = local
        self._scheduler = scheduler
        self._waiter = waiter
        for name, backend in (("local", local), ("scheduler", scheduler)):
            descriptor = None if backend is None else backend.adapter.wake_fd()
            if descriptor is not None:
                waiter.register(name, descriptor)

    @property
    def trouble(self) -> str | None:
        """Why the scheduler takes nothing; None: as far as is known, it does."""
        return None if self._scheduler is None else self._scheduler.trouble

    @property
    def asking(self) -> bool:
        """Whether the scheduler was asked if it is there, and has not answered."""
        return self._scheduler is not None and self._scheduler.asking

    def ask(self) -> None:
        """Ask the scheduler whether it is there, unless there is nothing to be run."""
        if self._scheduler is None or self._machine.dry:
            return
        if self._state.unfinished():
            self._scheduler.ask()

    def next_time(self) -> float:
        """Return when there is something to do though nothing has happened: s, steady."""
        times = [self._local.next_time()]
        if self._scheduler is not None:
            times.append(self._scheduler.next_time(self._queue.jobs, self._state.settings.sleep))
        return min((time for time in times if time is not None), default=math.inf)

    def wait(self, until: float) -> list[Event]:
        """Wait, at most until a time; return what backends said.

        Args:
            until: s, steady.
        """
        told = self._waiter.wait(max(0.0, until - self._clock.steady()))
        steady = self._clock.steady()
        events = self._local.collect(steady, told="local" in told)
        if self._scheduler is not None:
            if "scheduler" in told:
                self._scheduler.hurry()
            events += self._scheduler.collect()
            self._scheduler.work(steady, self._queue.jobs, self._state.settings.sleep)
        return events

    def close(self) -> None:
        """Let go of backends; what they run goes on."""
        if self._scheduler is not None:
            self._scheduler.close()
        self._local.close()
        self._waiter.close()
