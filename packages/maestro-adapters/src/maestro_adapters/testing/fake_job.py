"""One job of a `FakeScheduler`: how it moves on, and the attempt file that its driver would write."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import attrs

from maestro_adapters.job import states
from maestro_adapters.job.states import JobStatus
from maestro_adapters.script import attempt_file, driver
from maestro_adapters.testing.plan import Plan

__all__ = ["FakeJob"]


@attrs.define(kw_only=True)
class FakeJob:
    """A job whose plan was made by a test; times are the scheduler's, in seconds since 1970.

    Attributes:
        id: the scheduler's.
        host: name that its attempt file gives.
        key, token, attempt, workspace: of the submission.
        plan: what becomes of it.
        arrival: when the scheduler has it.
        polls: states that the next polls see, whatever the time.
        started: when it did; None: it waits.
        end: how it ended; None: it has not.
        gone: the scheduler has forgotten it.
    """

    id: str
    host: str
    key: str
    token: str
    attempt: int
    workspace: str
    plan: Plan
    arrival: float
    polls: list[str] = attrs.Factory(lambda self: list(self.plan.polls), takes_self=True)
    started: float | None = None
    end: JobStatus | None = None
    gone: bool = False

    def is_known(self, now: float) -> bool:
        """Tell whether the scheduler has it at this time."""
        return not self.gone and self.arrival <= now

    def next_change(self, now: float) -> float | None:
        """Return when it changes next by its plan; None: never."""
        if self.end is not None:
            return None
        if self.started is None:
            return max(now, self.arrival + self.plan.queued)
        return None if self.plan.runs is None else max(now, self.started + self.plan.runs)

    def move(self, now: float) -> None:
        """Start it and end it, as its plan says."""
        if self.end is None and self.started is None and self.arrival + self.plan.queued <= now:
            self.start(now)
        if self.end is not None or self.started is None or self.plan.runs is None:
            return
        if self.started + self.plan.runs <= now:
            self.finish(now, self.plan.state, self.plan.exit_code, self.plan.reason)

    def start(self, now: float) -> None:
        """Create the attempt file, as a driver does; where it is there already, end with 75."""
        if self.started is not None:
            return
        self.started = now
        if not Path(self.workspace).is_dir():
            return
        try:
            with attempt_file.path_of(self.workspace, self.attempt).open("x") as file:
                file.write(f"start pid=1 host={self.host} boot=- time={int(now)}\n")
        except FileExistsError:
            self._end(
                now, JobStatus(states.FAILED, native="EXIT", exit_code=driver.ALREADY_STARTED)
            )

    def finish(self, now: float, state: str, exit_code: int | None, reason: str | None) -> None:
        """End it, and write that into the attempt file; a node that fails takes the driver with it."""
        if exit_code is None and state in (states.FINISHED, states.FAILED):
            exit_code = 0 if state == states.FINISHED else 1
        if self.started is not None and exit_code is not None and state != states.HWFAILURE:
            with (
                contextlib.suppress(OSError),
                attempt_file.path_of(self.workspace, self.attempt).open("r+") as file,
            ):
                file.seek(0, os.SEEK_END)
                file.write(f"end code={exit_code} time={int(now)}\n")
        self._end(now, JobStatus(state, native="ENDED", reason=reason, exit_code=exit_code))

    def _end(self, now: float, status: JobStatus) -> None:
        self.end = attrs.evolve(status, started=self.started, ended=now)

    def status(self) -> JobStatus:
        """Say what the scheduler shows of it."""
        if self.end is not None:
            return self.end
        if self.started is not None:
            return JobStatus(states.RUNNING, native="RUN", started=self.started)
        return JobStatus(states.PENDING, native="WAIT", reason="Priority")
