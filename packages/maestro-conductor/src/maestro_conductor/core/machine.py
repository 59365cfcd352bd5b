"""Run a study: events in, records and instructions out. No clock, no I/O, no logging.

`Machine.handle` is the only way in. It changes the study's state by applying the very records that
go to the journal, so that a replay of the journal gives the same state. What happens to an event is
said by the part that takes it in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from maestro_conductor.core import throttle
from maestro_conductor.core.attempt_end import AttemptEnds
from maestro_conductor.core.cancellation import Cancellation
from maestro_conductor.core.dry_run import DryRun
from maestro_conductor.core.events import (
    Answers,
    AttemptFileRead,
    CancelAsked,
    Closing,
    Event,
    Found,
    HoldAsked,
    Now,
    Polled,
    ReleaseAsked,
    RequestSeen,
    ResumeAsked,
    ScriptsWritten,
    SkipAsked,
)
from maestro_conductor.core.in_flight import InFlights
from maestro_conductor.core.instructions import Effects, Resize
from maestro_conductor.core.job_reports import JobReports
from maestro_conductor.core.launching import Launcher
from maestro_conductor.core.parts import Parts
from maestro_conductor.core.queues import LOCAL, SCHEDULED, Queue, Queues
from maestro_conductor.core.recovery import Recovery
from maestro_conductor.core.step_change import StepChange
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.core.timers import Timers
from maestro_conductor.model import records
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.settings import SettingsChange
from maestro_conductor.model.states import CANCELLED, DRYRUN, FAILED, HWFAILURE, TIMEDOUT

__all__ = ["Machine"]


class Machine:
    """Runs a study.

    Attributes:
        state: what the journal says; read it, never change it.
        queues: the ways to run an instance, by name.
        timers: what is due when.
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
            batch: most submissions to the scheduler at once.
        """
        self.state = state
        self.closing = False
        # What refuses a local step is a full disk or table of processes: a retry is cheap.
        local = Queue(LOCAL, local_slots, weigh, longest_backoff=1.0, least_ahead=local_ahead)
        scheduled = Queue(SCHEDULED, None, weigh)
        if batch is not None:
            scheduled.batch = batch
        self.queues = queues = Queues(graph, local, scheduled)
        self._step = step = StepChange(graph, state)
        in_flight = InFlights()
        self.timers = timers = Timers(step, queues, in_flight)
        self._cancellation = cancellation = Cancellation(step, queues, in_flight)
        self._attempts = AttemptEnds(step, queues, in_flight, timers, cancellation)
        self._launcher = Launcher(step, queues, timers, cancellation, self._attempts)
        self._reports = JobReports(step, queues, in_flight, timers, cancellation, self._attempts)
        self._parts = parts = Parts(step, queues, timers, cancellation, self._attempts)
        self._recovery = Recovery(
            step, queues, timers, cancellation, self._attempts, self._launcher, parts
        )
        self._dry_run = DryRun(step, asked=dry)
        #: Each takes the events of its type.
        self._handlers: dict[type, Callable[[Any], None]] = {
            Answers: self._launcher.answers,
            Polled: self._reports.polled,
            Found: self._reports.found,
            AttemptFileRead: self._reports.attempt_file_read,
            ScriptsWritten: self._dry_run.written,
            CancelAsked: self._cancel_asked,
            SettingsChange: self._update_asked,
            ResumeAsked: self._resume_asked,
            HoldAsked: lambda event: parts.hold(event.instances),
            ReleaseAsked: lambda event: parts.release(event.instances),
            SkipAsked: lambda event: parts.skip(event.instances),
            RequestSeen: self._request_seen,
            Closing: self._closing,
        }

    @property
    def surplus(self) -> int:
        """Return how many attempts are in flight beyond the throttle, where that was lowered."""
        return throttle.surplus(self.state.settings.throttle, self.state.in_flight())

    @property
    def unwanted(self) -> set[int]:
        """Return instances whose latest attempt is to be withdrawn where it has not started; to be emptied then."""
        return self._parts.unwanted

    @property
    def dry(self) -> bool:
        """Tell whether scripts are written and nothing is run; a resume ends that."""
        return self._dry_run.on

    def start(self, now: Now) -> Effects:
        """Take up what the state says is in flight; to be called once, before `handle`.

        Nothing is submitted yet, so that requests which wait can be taken in first.
        """
        self._begin(now)
        if not self.state.has_settings:
            self._step.record(records.settings(now.wall, "run", self.state.settings))
        self._recovery.give_up_foreign()
        self._recovery.repair()
        self._recovery.fill_queues()
        self._recovery.take_up()
        return self._step.effects

    def handle(self, events: Iterable[Event], now: Now) -> Effects:
        """Take in events.

        Raises:
            IllegalTransitionError: a mistake of ours; the study's state is as its records say.
        """
        self._begin(now)
        for event in events:
            self._handlers[type(event)](event)
        self.timers.work()
        return self._finish()

    def next_timer(self) -> float | None:
        """Return when `handle` has something to do without an event: s, steady."""
        due = self.timers.next()
        times = [] if due is None else [due]
        # Where the pause has ended already, what is ready waits for something else than time.
        times += [
            queue.blocked_until
            for queue in self.queues.values()
            if queue.ready and queue.blocked_until > self._step.now.steady
        ]
        return min(times, default=None)

    def _begin(self, now: Now) -> None:
        self._step.begin(now)
        self._reports.ends = 0

    def _finish(self) -> Effects:
        state, step = self.state, self._step
        if not state.cancelling and not self.closing:
            if self.dry:
                self._dry_run.fill()
            else:
                self._launcher.fill(self._reports.ends)
                if state.held:
                    self._parts.tell()
        if state.outcome is None and not state.unfinished():
            step.record(records.ended(step.now.wall, *self._outcome()))
        self._cancellation.finish()
        return step.effects

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

    def _cancel_asked(self, event: CancelAsked) -> None:
        if not self.state.unfinished() or self.state.cancelling:
            return
        if event.instances is not None:
            self._parts.cancel(event.instances)
            return
        self._step.record(records.cancelled(self._step.now.wall))
        self._recovery.cancel_all()

    def _update_asked(self, event: SettingsChange) -> None:
        new = self.state.settings.changed(event)
        if new == self.state.settings:
            return
        slots = new.local_slots
        if slots is not None and slots != self.state.settings.local_slots:
            self.queues[LOCAL].slots = slots
            self._step.instruct(Resize(LOCAL, slots))
        self._step.record(records.settings(self._step.now.wall, event.source, new))

    def _request_seen(self, event: RequestSeen) -> None:
        self._step.record(
            records.request(
                self._step.now.wall,
                event.request,
                event.by,
                event.text,
                event.instances,
                event.accepted,
                event.message,
            )
        )

    def _resume_asked(self, event: ResumeAsked) -> None:
        instances = sorted(event.instances)
        if not instances and not self.state.cancelling and not self._dry_run.asked:
            return
        self._step.record(records.resumed(self._step.now.wall, instances))
        self.timers.end_pauses(instances)
        self._attempts.dependencies.rebuild()
        self._recovery.repair()
        self._recovery.fill_queues()

    def _closing(self, event: Closing) -> None:
        self.closing = True
        if event.stop_local:
            self._cancellation.stop_local()
