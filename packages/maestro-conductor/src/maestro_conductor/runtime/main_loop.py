"""Run a study: wait, have the machine take in what came, keep house; again, until the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from maestro_conductor.core.events import CancelAsked, Event
from maestro_conductor.model.graph import Graph
from maestro_conductor.runtime.amending import Amending
from maestro_conductor.runtime.backend_events import BackendEvents
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.runtime.housekeeping import Housekeeping
from maestro_conductor.runtime.machine_runner import MachineRunner
from maestro_conductor.runtime.request_intake import RequestIntake
from maestro_conductor.runtime.shutdown import Shutdown
from maestro_conductor.runtime.stderr import say
from maestro_conductor.workspace.folder_watch import Departure, FolderWatch

__all__ = ["ConductorLoop"]

#: s between two looks for requests, a moved log file, and room on a full disk.
_LOOK = 0.5
#: s to wait, at the start, until the scheduler has said whether it is there.
_ASKING = 2.0


class ConductorLoop:
    """Run a study until its end, or until a signal.

    Args:
        context: of the run.
        runner: has events taken in, and does what follows.
        backends: say what becomes of jobs.
        intake: says what people ask for.
        shutdown: knows whether a signal came, and when to leave after it.
        housekeeping: does what nothing waits for.
        watch: knows what became of the workspace's folder.
        amending: takes in amendments.
    """

    def __init__(
        self,
        context: RunContext,
        runner: MachineRunner,
        backends: BackendEvents,
        intake: RequestIntake,
        shutdown: Shutdown,
        housekeeping: Housekeeping,
        watch: FolderWatch,
        amending: Amending,
    ) -> None:
        self._clock = context.clock
        self._log = context.log
        self._runner = runner
        self._backends = backends
        self._intake = intake
        self._shutdown = shutdown
        self._housekeeping = housekeeping
        self._watch = watch
        self._amending = amending
        self._departure: Departure | None = None
        self._next_look = 0.0

    def run(self, ready: Callable[[], None] | None = None) -> int | Graph:
        """Run; return the exit code, 128 + n after signal n; or the graph that the study was amended to.

        Args:
            ready: called once, when the study has been taken up.
        """
        self._start()
        if ready is not None:
            ready()
        while (amended := self._take_in_amendment()) is None:
            if self._has_ended() and not self._is_asked_for_more():
                return self._finish()
            self._process(self._wait())
        self._housekeeping.flush_log()
        return amended

    def close(self) -> None:
        """Let go of backends; what they run goes on."""
        self._backends.close()

    def _start(self) -> None:
        self._intake.find_claimed()
        self._runner.start()
        self._backends.ask()
        # A signal that has come already: nothing is begun.
        self._process(
            [*self._shutdown.look(self._clock.steady()), *self._look(self._clock.steady())]
        )
        patience = self._clock.steady() + _ASKING
        while self._backends.asking and self._clock.steady() < patience:
            self._process(self._wait())
        self._housekeeping.note(self._backends.trouble, self._runner.pause)

    def _has_ended(self) -> bool:
        if self._runner.outcome is not None and self._runner.idle and not self._amending.waits:
            return True
        return self._shutdown.is_due(self._clock.steady())

    def _is_asked_for_more(self) -> bool:
        """Tell whether a request came in the last moment; whoever made it saw us alive."""
        if self._shutdown.reason is not None:
            return False
        events = self._look(self._clock.steady())
        if events:
            self._process(events)
        return not self._has_ended()

    def _take_in_amendment(self) -> Graph | None:
        """Take in the amendment that waits, where that may be done now; return the new graph."""
        if not self._amending.waits or self._shutdown.reason is not None:
            return None
        if not self._runner.may_amend or self._watch.look() is not None:
            return None
        try:
            asked = self._amending.commit()
        except OSError as error:  # there will be room, or somebody stops us
            self._housekeeping.troubles.tell("amendment", error)
            return None
        if asked is not None:
            self._process([asked])
        return self._amending.amended

    def _wait(self) -> list[Event]:
        """Wait until something is to be done; return the events that came."""
        events = self._backends.wait(self._next_time())
        steady = self._clock.steady()
        events += self._shutdown.look(steady)
        if steady >= self._next_look:
            events += self._look(steady)
        self._housekeeping.work(steady, self._backends.trouble, self._runner.pause)
        return events

    def _next_time(self) -> float:
        times = [self._next_look, self._housekeeping.next_time(), self._backends.next_time()]
        timer = self._runner.next_time()
        return min(times) if timer is None else min(timer, *times)

    def _look(self, steady: float) -> list[Event]:
        """Look for what cannot notify: requests, a moved log file."""
        self._next_look = steady + _LOOK
        if self._departure is not None:
            return []
        self._departure = self._watch.look()
        if self._departure is not None:
            return self._depart(self._departure.place, steady)
        self._housekeeping.follow_log()
        try:
            return self._intake.look(steady)
        except OSError as error:
            self._housekeeping.troubles.tell("requests", error)
            return []

    def _depart(self, place: Path | None, steady: float) -> list[Event]:
        """Start nothing more in a workspace that was moved, or deleted; of that, end what runs."""
        self._housekeeping.follow(place)
        self._runner.follow(place)
        events: list[Event] = [*self._shutdown.depart(place, steady)]
        if place is None:
            say("maestro: the study's folder was deleted: what runs is cancelled")
            self._log.event("workspace_deleted")
            return [*events, CancelAsked()]
        say(
            f"maestro: the study was moved to {place}, and stops. Go on there: maestro resume {place}"
        )
        self._log.event("workspace_moved", path=str(place))
        return events

    def _process(self, events: list[Event]) -> None:
        self._runner.process(events)
        self._intake.answer(self._clock.steady())
        self._housekeeping.flush_log()

    def _finish(self) -> int:
        outcome = None if self._departure is not None else self._runner.outcome
        if outcome is not None:
            self._process(self._intake.give_up_unread())
        reason = self._shutdown.reason if outcome is None else None
        code = self._shutdown.exit_code if outcome is None else outcome[1]
        self._housekeeping.keep_journal()
        self._log.event("conductor_stopped", reason=reason or "ended", exit_code=code)
        self._runner.close(reason or "ended")
        self._housekeeping.finish(self._runner.pause)
        return code
