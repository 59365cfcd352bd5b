"""The shell around the machine: waits, asks, writes the journal, performs instructions."""

from __future__ import annotations

import math
import selectors
import traceback
from collections import deque

from maestro_conductor.backends.local_backend import LocalLink
from maestro_conductor.backends.scheduler_backend import SchedulerLink
from maestro_conductor.backends.submitter import file_trouble
from maestro_conductor.core.events import Answers, CancelAsked, Closing, Event, Now, ResumeAsked
from maestro_conductor.core.instructions import Cancel, Instruction, Submit, Turn
from maestro_conductor.core.queues import LOCAL, SCHEDULED
from maestro_conductor.core.resume_selection import select
from maestro_conductor.errors import BrokenError, IllegalTransitionError, WorkspaceError
from maestro_conductor.journal.history import story
from maestro_conductor.model import records
from maestro_conductor.observers.record_logger import Narrator
from maestro_conductor.runtime.context import Parts
from maestro_conductor.runtime.execute import Performer
from maestro_conductor.runtime.housekeeping import Informer
from maestro_conductor.runtime.journal_commit import Pausing
from maestro_conductor.runtime.withdrawal import TakingBack
from maestro_conductor.workspace.request_files import Request

__all__ = ["Loop"]

#: s between two looks for requests, a moved log file, and room on a full disk.
_LOOK = 0.5
#: s between two looks at local jobs when nothing woke us: a safety net.
_LOCAL_LOOK = 5.0
#: The same for an adapter that cannot wake us.
_LOCAL_LOOK_BLIND = 0.05
#: s to wait, at the start, until the scheduler has said whether it is there.
_ASKING = 2.0
#: s to wait, when closing, for answers to submissions and for the end of local steps.
_PATIENCE = 30.0


class Loop:
    """Runs a study until its end, or until a signal."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._machine = parts.machine
        self._state = parts.machine.state
        self._narrator = Narrator(parts.graph, self._state, parts.log)
        self._link: SchedulerLink | None = None
        if parts.scheduler is not None:
            self._link = SchedulerLink(
                parts.scheduler,
                parts.submission,
                parts.wake.set,
                parts.log.event,
                array=bool(parts.graph.batch.get("array")),
                worker=parts.host.worker,
            )
        self._local = LocalLink(parts.local, parts.submission, self._machine.queues[LOCAL])
        self._performer = Performer(parts, self._local, self._link)
        self._informer = Informer(parts)
        self._todo: deque[Instruction] = deque()
        self._applied: list[Request] = []
        self._pausing = Pausing(parts.journal, parts.log, parts.clock)
        machine = parts.machine
        self._taking_back = TakingBack(machine, self._todo, self._local, self._link, self._pausing)
        self._next_look = 0.0
        self._next_local = 0.0
        self._leaving: str | None = None
        self._leave_by = 0.0
        self._selector = parts.host.selector()
        self._selector.register(parts.wake.read_end, selectors.EVENT_READ, "wake")
        self._local_fd = parts.local.wake_fd()
        self._local_look = _LOCAL_LOOK_BLIND if self._local_fd is None else _LOCAL_LOOK
        if self._local_fd is not None:
            self._selector.register(self._local_fd, selectors.EVENT_READ, "local")
        if parts.scheduler is not None and (fd := parts.scheduler.wake_fd()) is not None:
            self._selector.register(fd, selectors.EVENT_READ, "scheduler")

    def run(self) -> int:
        """Run; gives the exit code, 128 + n after signal n.

        Raises:
            ConductorError: the study cannot go on.
        """
        try:
            self._start()
            while not self._is_over() or self._is_asked_for_more():
                self._turn(self._wait())
            return self._finish()
        except WorkspaceError:
            raise
        except OSError as error:
            # Of a full table of files, a disk that fails, a server that is gone: no mistake of ours.
            raise WorkspaceError(
                f"{error.filename or self._parts.root}: {error.strerror or error}. The conductor "
                "stops; nothing that the journal knows is lost. Once the cause is gone, start it again"
            ) from error
        except Exception as error:
            raise self._broken(error) from error
        finally:
            self._close()

    def _broken(self, error: Exception) -> BrokenError:
        """Log a mistake of ours with all that helps to find it."""
        parts = self._parts
        told = traceback.format_exc()
        if isinstance(error, IllegalTransitionError):
            told += "\n".join(["", *story(parts.journal.path, error.instance)])
        parts.log.event("failed_inside", reason=told)
        return BrokenError(
            f"the conductor made a mistake and stops: {error!r}. Nothing that the journal knows is "
            f"lost; start it again. Please report it with {parts.log_file.path}"
        )

    # -- the course of things --

    def _now(self) -> Now:
        clock = self._parts.clock
        return Now(clock.wall(), clock.steady())

    def _start(self) -> None:
        parts = self._parts
        parts.requests.find_claimed()
        self._take(self._machine.start(self._now()))
        if self._link is not None and not self._machine.dry and self._state.unfinished():
            self._link.ask()
        self._turn(self._look(parts.clock.steady()))
        patience = parts.clock.steady() + _ASKING
        while self._link is not None and self._link.asking and parts.clock.steady() < patience:
            self._turn(self._wait())
        self._informer.note(self._pausing.reason)
        if parts.ready is not None:
            parts.ready()

    def _is_over(self) -> bool:
        if self._pausing.paused is not None or self._todo:
            return self._leaving is not None and self._left()
        if self._state.outcome is not None:
            return True
        return self._leaving is not None and self._left()

    def _is_asked_for_more(self) -> bool:
        """Whether a request came in the last moment; whoever made it saw us alive."""
        if self._leaving is not None:
            return False
        events = self._look(self._parts.clock.steady())
        if events:
            self._turn(events)
        return not self._is_over()

    def _left(self) -> bool:
        """After a signal: nothing is left to wait for."""
        if self._parts.clock.steady() > self._leave_by:
            return True
        lanes = self._machine.queues
        if lanes[SCHEDULED].announced or lanes[LOCAL].announced:
            return False
        return self._parts.local_steps == "leave" or not lanes[LOCAL].jobs

    def _finish(self) -> int:
        parts = self._parts
        outcome = self._state.outcome
        code = outcome[1] if outcome is not None else _signal_code(self._leaving)
        reason = "ended" if outcome is not None else self._leaving or "ended"
        if outcome is not None:
            parts.requests.reject_unread()
        self._informer.keep_journal()
        parts.journal.add(records.closed(parts.clock.wall(), reason))
        parts.log.event("conductor_stopped", reason=reason, exit_code=code)
        self._pausing.commit(sync=False)
        self._informer.finish(self._pausing.reason)
        return code

    def _close(self) -> None:
        parts = self._parts
        if self._link is not None:
            self._link.close()
        parts.local.close(stop_jobs=False)
        self._selector.close()

    # -- waiting --

    def _wait(self) -> list[Event]:
        """Wait until something is to be done; gives the events that came."""
        parts = self._parts
        steady = parts.clock.steady()
        until = self._next_time()
        events: list[Event] = []
        woken = {key.data for key, _ in self._selector.select(max(0.0, until - steady))}
        steady = parts.clock.steady()
        if "local" in woken or (steady >= self._next_local and self._local.busy):
            self._next_local = steady + self._local_look
            events += self._local.poll(steady)
        self._taking_back.take(events)
        if "wake" in woken:
            parts.wake.clear()
            self._look_at_signal(steady, events)
        if self._link is not None:
            if "scheduler" in woken:
                self._link.hurry()
            events += self._link.collect()
            self._informer.note_scheduler(self._link.trouble)
            jobs = self._machine.queues[SCHEDULED].jobs
            self._link.work(steady, jobs, self._state.settings.sleep)
        if steady >= self._next_look:
            events += self._look(steady)
        self._informer.work(steady, self._pausing.reason)
        return events

    def _next_time(self) -> float:
        times = [self._next_look, self._informer.next_time()]
        if self._local.busy:
            times.append(self._next_local)
        timer = self._machine.next_timer()
        if timer is not None:
            times.append(timer)
        if self._link is not None:
            jobs = self._machine.queues[SCHEDULED].jobs
            poll = self._link.next_time(jobs, self._state.settings.sleep)
            if poll is not None:
                times.append(poll)
        return min(times)

    def _look_at_signal(self, steady: float, events: list[Event]) -> None:
        name = self._parts.signal()
        if name is None or self._leaving is not None:
            if name is not None and name != self._leaving:
                self._leave_by = steady  # asked twice: no more patience
            return
        self._leaving = name
        how = self._parts.local_steps
        self._leave_by = math.inf if how == "finish" else steady + _PATIENCE
        events.append(Closing(stop_local=how == "stop"))

    def _look(self, steady: float) -> list[Event]:
        """What is looked for twice a second: requests, a moved log file."""
        self._next_look = steady + _LOOK
        self._parts.log_file.reopen_if_moved()
        events: list[Event] = []
        try:
            found = self._parts.requests.look(steady)
        except OSError as error:
            self._informer.trouble("requests", error)
            return []
        for request in found:
            self._apply(request, events)
        return events

    def _apply(self, request: Request, events: list[Event]) -> None:
        if request.kind == "resume":
            # What came before it in this round has its effect first.
            self._take(self._machine.handle(events, self._now()))
            events.clear()
            try:
                chosen = select(self._parts.graph, self._state, request.steps)
            except ValueError as error:
                self._parts.requests.reject(request.path, str(error))
                return
            events.append(ResumeAsked(chosen))
        if request.kind == "cancel":
            events.append(CancelAsked())
        if request.settings is not None:
            events.append(request.settings)
        self._applied.append(request)

    # -- turns --

    def _turn(self, events: list[Event]) -> None:
        """Let the machine take in events, and do what it says, until it has nothing to say."""
        while True:
            for event in events:
                if isinstance(event, Answers):
                    self._look_at_files(event)
                    self._next_local = self._parts.clock.steady() + self._local_look
            self._take(self._machine.handle(events, self._now()))
            if not self._pausing.commit(sync=self._must_sync()):
                events = self._perform_while_paused()
                if not events:
                    break
                continue
            for request in self._applied:
                self._parts.requests.done(request)
            self._applied.clear()
            events = self._perform()
            if not events:
                break
        self._informer.flush_log()

    def _take(self, turn: Turn) -> None:
        journal, narrator = self._parts.journal, self._narrator
        for record in turn.records:
            journal.add(record)
            narrator.tell(record)
            self._informer.remember(record)
        for name, fields in turn.notes:
            narrator.note(name, fields)
        self._todo.extend(turn.instructions)

    def _must_sync(self) -> bool:
        """Jobs that outlive this machine must not be forgotten when it goes down."""
        return any(isinstance(item, Submit) and item.lane == SCHEDULED for item in self._todo)

    def _look_at_files(self, event: Answers) -> None:
        """Whether the scripts of these jobs could be written."""
        scheduled = event.lane == SCHEDULED
        self._pausing.note_files(file_trouble(event.jobs) if scheduled else self._local.trouble)

    def _perform(self) -> list[Event]:
        events: list[Event] = []
        self._taking_back.take(events)
        while self._todo:
            self._performer.do(self._todo.popleft(), events)
        return events

    def _perform_while_paused(self) -> list[Event]:
        """Cancelling needs no journal: it can be asked for twice without harm."""
        events: list[Event] = []
        for item in [item for item in self._todo if isinstance(item, Cancel)]:
            self._todo.remove(item)
            self._performer.do(item, events)
        return events


def _signal_code(name: str | None) -> int:
    return 128 + {"SIGINT": 2, "SIGTERM": 15}.get(name or "", 0)
