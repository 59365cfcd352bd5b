"""The heart: events in, records and instructions out. No clock, no I/O, no logging.

`Machine.handle` is the only way in. It changes the study's state by applying the very records that
go to the journal, so that a replay of the journal gives the same state.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import Any

from maestro_conductor.core import throttle
from maestro_conductor.core.events import (
    Answers,
    CancelAsked,
    Closing,
    Event,
    Found,
    Now,
    Polled,
    ResumeAsked,
    ScriptsWritten,
    Settled,
)
from maestro_conductor.core.instructions import (
    Cancel,
    Find,
    Turn,
    WriteScripts,
)
from maestro_conductor.core.launching import RUNNABLE, Beginnings
from maestro_conductor.core.queues import LOCAL, SCHEDULED, Lane
from maestro_conductor.core.study_state import REFUSED, StudyState
from maestro_conductor.model import records
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.settings import SettingsChange
from maestro_conductor.model.states import (
    CANCELLED,
    DRYRUN,
    FAILED,
    HWFAILURE,
    IN_FLIGHT,
    INCOMPLETE,
    INITIALIZED,
    QUEUED,
    TIMEDOUT,
    WAITING,
)

__all__ = ["Machine"]

#: Scripts of a dry run that are written in one go: requests are looked at in between.
_DRY_BATCH = 200
#: s between two questions for an attempt whose fate could not be found out.
_ASK_AGAIN = 5.0


class Machine(Beginnings):
    """Runs a study.

    Attributes:
        state: what the journal says; read it, never change it.
        lanes: the ways to run an instance, by name.
        closing: nothing is submitted any more.
    """

    def __init__(
        self,
        graph: Graph,
        state: StudyState,
        *,
        dry: bool = False,
        local_slots: int | None = 1,
        local_ahead: int = 0,
        weigh: Callable[[int], int] = lambda _instance: 1,
        batch: int | None = None,
    ) -> None:
        """Take up a study where its state says it is.

        Args:
            graph: what is to be run.
            state: how far it came.
            dry: write scripts only.
            local_slots: slots for local steps; None: no limit.
            local_ahead: local attempts to make ready while no slot is free; more where they are short.
            weigh: slots that a local instance fills.
            batch: most submissions under way at once to the scheduler.
        """
        super().__init__(graph, state)
        # What refuses a local step is a full disk or table of processes: looking again is cheap.
        local = Lane(LOCAL, local_slots, weigh, longest_backoff=1.0, least_ahead=local_ahead)
        scheduled = Lane(SCHEDULED, None, weigh)
        if batch is not None:
            scheduled.batch = batch
        self.lanes = {LOCAL: local, SCHEDULED: scheduled}
        all_local = graph.batch.get("type", "local") == "local"
        self._local_only = all_local
        self._dry = dry
        self._handlers: dict[type, Callable[[Any], None]] = {
            Answers: self._answers,
            Polled: self._polled,
            Found: self._found,
            Settled: self._settled,
            ScriptsWritten: self._scripts_written,
            CancelAsked: self._cancel_asked,
            SettingsChange: self._update_asked,
            ResumeAsked: self._resume_asked,
            Closing: self._closing,
        }

    # -- the ways in --

    def start(self, now: Now) -> Turn:
        """Take up what the state says is under way; to be called once, before `handle`.

        Nothing is submitted yet, so that requests which wait can be taken in first.
        """
        self._begin(now)
        if not self.state.has_settings:
            self._record(records.settings(now.wall, "run", self.state.settings))
        self._repair()
        self._fill_heaps()
        unknown: dict[str, list[tuple[int, int, str]]] = {LOCAL: [], SCHEDULED: []}
        for i, code in enumerate(self.state.state):
            if code not in IN_FLIGHT:
                continue
            lane = self.lane_of(i)
            lane.enter(i)
            job = self.state.job[i]
            if lane.name == SCHEDULED and job is not None:
                lane.jobs[job] = i
                if self.state.cancelling:
                    self._want_cancel(i)
            else:
                # A process id may belong to another process by now, so local jobs are looked up.
                attempt = self.state.attempt[i]
                unknown[lane.name].append((i, attempt, self.state.token(i, attempt)))
        for name, rows in unknown.items():
            if rows:
                self._turn.instructions.append(Find(name, rows))
        return self._turn

    def handle(self, events: Iterable[Event], now: Now) -> Turn:
        """Take in events.

        Raises:
            IllegalTransitionError: a mistake of ours; the study's state is as its records say.
        """
        self._begin(now)
        for event in events:
            self._handlers[type(event)](event)
        self._timers_due()
        return self._finish()

    def next_timer(self) -> float | None:
        """When `handle` has something to do without an event: s, steady."""
        times = [timer[0] for timer in self._timers[:1]]
        # Where the pause is over already, what is ready waits for something else than time.
        times += [
            lane.blocked_until
            for lane in self.lanes.values()
            if lane.ready and lane.blocked_until > self._now.steady
        ]
        return min(times, default=None)

    def lane_of(self, i: int) -> Lane:
        """The lane that an instance runs in."""
        local = self._local_only or not self._graph.scheduled[i]
        return self.lanes[LOCAL if local else SCHEDULED]

    @property
    def surplus(self) -> int:
        """Attempts under way beyond the throttle, where that was lowered."""
        return throttle.surplus(self.state.settings.throttle, self.state.in_flight())

    @property
    def dry(self) -> bool:
        """Scripts are written and nothing is run; a resume ends that."""
        return self._dry and not self.state.resumed

    # -- a turn --

    def _finish(self) -> Turn:
        state = self.state
        if not state.cancelling and not self.closing:
            if self.dry:
                self._fill_dry()
            else:
                self._fill()
        if state.outcome is None and not state.unfinished():
            self._record(records.ended(self._now.wall, *self._outcome()))
        for name, jobs in self._cancels.items():
            self._turn.instructions.append(Cancel(name, jobs))
        self._cancels = {}
        return self._turn

    def _outcome(self) -> tuple[str, int]:
        counts = self.state.counts
        if counts[CANCELLED] and self.state.cancelling:
            return "CANCELLED", 3
        if counts[FAILED] or counts[TIMEDOUT] or counts[HWFAILURE]:
            return "FAILED", 2
        if counts[CANCELLED]:
            return "CANCELLED", 3
        if counts[DRYRUN]:
            return "DRYRUN", 0
        return "FINISHED", 0

    # -- requests --

    def _cancel_asked(self, _event: CancelAsked) -> None:
        if not self.state.unfinished() or self.state.cancelling:
            return
        self._record(records.cancelled(self._now.wall))
        self._cancel_all()

    def _cancel_all(self) -> None:
        """End what is not under way, and ask for the end of what is."""
        self._timers = [timer for timer in self._timers if timer[1] not in self.paused]
        heapq.heapify(self._timers)
        self.paused.clear()
        for i, code in enumerate(self.state.state):
            if code == INITIALIZED or code in RUNNABLE:
                self._row(i, CANCELLED, reason="the study was cancelled")
            elif code in IN_FLIGHT and self._job_lives(i):
                self._want_cancel(i)
        for lane in self.lanes.values():
            lane.ready.clear()

    def _update_asked(self, event: SettingsChange) -> None:
        new = self.state.settings.changed(event)
        if new != self.state.settings:
            self._record(records.settings(self._now.wall, event.source, new))

    def _resume_asked(self, event: ResumeAsked) -> None:
        instances = sorted(event.instances)
        if not instances and not self.state.cancelling and not self._dry:
            return
        self._record(records.resumed(self._now.wall, instances))
        self.paused.difference_update(instances)
        self._readiness.rebuild()
        self._repair()
        self._fill_heaps()

    def _closing(self, event: Closing) -> None:
        self.closing = True
        if event.stop_local:
            self._stopping = True
            for i in self.lanes[LOCAL].jobs.values():
                self._want_cancel(i)

    # -- start, dry runs --

    def _fill_heaps(self) -> None:
        for lane in self.lanes.values():
            lane.ready.clear()
        for i, code in enumerate(self.state.state):
            if code == QUEUED:
                self.lane_of(i).ready.append(i)
            elif code == WAITING:
                self._wait_on(i)
        # Built in order, so they are heaps already.

    def _wait_on(self, i: int) -> None:
        """Take up the waiting of an instance: a pause before a retry, or a refusal."""
        if self.state.before.get(i) == FAILED:
            passed = (self._now.wall - self.state.ended[i]) / 1000
            pause = self._graph.failure(i).retry_pause
            left = pause - max(0.0, passed)
            if left > 0:
                self._pause(i, left)
                return
        self.lane_of(i).ready.append(i)

    def _repair(self) -> None:
        """Finish what a crash in the middle of a turn left half done."""
        state = self.state
        for i, code in enumerate(state.state):
            if code == WAITING and state.before.get(i) == REFUSED:
                self._give_up_refused(i)
            elif code == INCOMPLETE:
                self._row(i, QUEUED, reason=state.reason.get(i))
            elif code in (FAILED, TIMEDOUT, HWFAILURE, CANCELLED) and not self._is_satisfied(i):
                self._doom(i)
        if state.cancelling:
            self._cancel_all()

    def _fill_dry(self) -> None:
        if self._writing:
            return
        batch: list[int] = []
        state = self.state.state
        while self._dry_next < len(state) and len(batch) < _DRY_BATCH:
            if state[self._dry_next] in (INITIALIZED, QUEUED):
                batch.append(self._dry_next)
            self._dry_next += 1
        if batch:
            self._writing = True
            self._turn.instructions.append(WriteScripts(batch))

    def _scripts_written(self, event: ScriptsWritten) -> None:
        self._writing = False
        for i, error in event.jobs:
            if self.state.state[i] not in (INITIALIZED, QUEUED):
                continue
            self._row(i, DRYRUN if error is None else FAILED, reason=error)
