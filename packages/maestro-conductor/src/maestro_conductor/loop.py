"""The shell around the machine: waits, asks, writes the journal, performs instructions."""

from __future__ import annotations

import contextlib
import os
import selectors
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs

from maestro_conductor import records
from maestro_conductor.attempt_files import read_attempt, void_attempt
from maestro_conductor.events import (
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
from maestro_conductor.graph_view import Graph
from maestro_conductor.instructions import (
    Cancel,
    Find,
    Instruction,
    Settle,
    Submit,
    Turn,
    WriteScripts,
)
from maestro_conductor.journal.writer import JournalWriter
from maestro_conductor.lanes import LOCAL, SCHEDULED
from maestro_conductor.lock import HEARTBEAT, Hold
from maestro_conductor.log import LogFile, StudyLog
from maestro_conductor.machine import Machine
from maestro_conductor.narrate import Narrator
from maestro_conductor.ports import Adapter, Clock
from maestro_conductor.progress import Progress
from maestro_conductor.requests import Request, RequestFiles
from maestro_conductor.resume import select
from maestro_conductor.scheduler_link import SchedulerLink
from maestro_conductor.states import FINAL, NAMES
from maestro_conductor.status_file import StatusFile
from maestro_conductor.submission import Submission

__all__ = ["Loop", "Parts", "Wake"]

#: s between two looks for requests, a moved log file, and room on a full disk.
_LOOK = 0.5
#: s between two looks at local jobs when nothing woke us: a safety net.
_LOCAL_LOOK = 5.0
#: The same for an adapter that cannot wake us.
_LOCAL_LOOK_BLIND = 0.05
#: s between two calls of an observer.
_OBSERVE = 0.25
#: s to wait, when closing, for answers to submissions and for the end of local steps.
_PATIENCE = 30.0


class Wake:
    """A pipe that ends the loop's waiting; safe from threads and signal handlers."""

    def __init__(self) -> None:
        self.read_end, self.write_end = os.pipe()
        os.set_blocking(self.read_end, False)
        os.set_blocking(self.write_end, False)

    def set(self) -> None:
        """End the waiting."""
        with contextlib.suppress(BlockingIOError):
            os.write(self.write_end, b"\0")

    def clear(self) -> None:
        """Take out what was written."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self.read_end, 4096):
                pass

    def close(self) -> None:
        """Close both ends."""
        os.close(self.read_end)
        os.close(self.write_end)


@attrs.define
class Parts:
    """What a loop works with; put together by `maestro_conductor.composition`."""

    root: Path
    graph: Graph
    machine: Machine
    journal: JournalWriter
    submission: Submission
    local: Adapter
    scheduler: Adapter | None
    requests: RequestFiles
    hold: Hold
    log: StudyLog
    log_file: LogFile
    status: StatusFile
    clock: Clock
    wake: Wake
    #: Name of the signal that asked us to leave; None: none did.
    signal: Callable[[], str | None]
    stop_local: bool = False
    ready: Callable[[], None] | None = None
    observer: Callable[[Progress], None] | None = None


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
            )
        self._todo: deque[Instruction] = deque()
        self._applied: list[Request] = []
        self._paused: str | None = None
        self._closed_files: str | None = None
        self._complained: str | None = None
        self._next_try = 0.0
        self._next_look = 0.0
        self._next_beat = 0.0
        self._next_local = 0.0
        self._next_observed = 0.0
        self._observed = -1
        self._ended: deque[tuple[str, str]] = deque(maxlen=100)
        self._leaving: str | None = None
        self._leave_by = 0.0
        self._troubled: set[str] = set()
        self._selector = selectors.DefaultSelector()
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
        finally:
            self._close()

    # -- the course of things --

    def _now(self) -> Now:
        clock = self._parts.clock
        return Now(clock.wall(), clock.steady())

    def _start(self) -> None:
        parts = self._parts
        parts.requests.find_claimed()
        self._take(self._machine.start(self._now()))
        self._turn(self._look(parts.clock.steady()))
        if parts.ready is not None:
            parts.ready()

    def _is_over(self) -> bool:
        if self._paused is not None or self._todo:
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
        lanes = self._machine.lanes
        if lanes[SCHEDULED].announced or lanes[LOCAL].announced:
            return False
        return not (self._parts.stop_local and lanes[LOCAL].jobs)

    def _finish(self) -> int:
        parts = self._parts
        outcome = self._state.outcome
        code = outcome[1] if outcome is not None else _signal_code(self._leaving)
        reason = "ended" if outcome is not None else self._leaving or "ended"
        parts.journal.add(records.closed(parts.clock.wall(), reason))
        parts.log.event("conductor_stopped", reason=reason, exit_code=code)
        self._commit(sync=False)
        self._informative("status.csv", lambda: parts.status.finish(parts.clock.wall()))
        self._observe(parts.clock.steady(), last=True)
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
        timeout = max(0.0, self._next_time() - steady)
        events: list[Event] = []
        woken = {key.data for key, _ in self._selector.select(timeout)}
        steady = parts.clock.steady()
        if "wake" in woken:
            parts.wake.clear()
            self._look_at_signal(steady, events)
        jobs = self._machine.lanes[LOCAL].jobs
        if "local" in woken or (jobs and steady >= self._next_local):
            events.append(Polled(LOCAL, parts.local.poll(list(jobs))))
            self._next_local = steady + self._local_look
        if self._link is not None:
            if "scheduler" in woken:
                self._link.hurry()
            events += self._link.collect()
            jobs = self._machine.lanes[SCHEDULED].jobs
            self._link.work(steady, jobs, self._state.settings.sleep)
        if steady >= self._next_look:
            events += self._look(steady)
        if steady >= self._next_beat:
            self._next_beat = steady + HEARTBEAT
            self._informative("heartbeat", lambda: parts.hold.beat(parts.clock.wall()))
            self._informative("journal", self._compact)
        self._informative("status.csv", lambda: parts.status.work(steady, parts.clock.wall()))
        self._observe(steady)
        return events

    def _next_time(self) -> float:
        times = [self._next_look, self._next_beat]
        if self._machine.lanes[LOCAL].jobs:
            times.append(self._next_local)
        timer = self._machine.next_timer()
        if timer is not None:
            times.append(timer)
        status = self._parts.status.due()
        if status is not None:
            times.append(status)
        if self._link is not None:
            jobs = self._machine.lanes[SCHEDULED].jobs
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
        self._leave_by = steady + _PATIENCE
        events.append(Closing(self._parts.stop_local))

    def _look(self, steady: float) -> list[Event]:
        """What is looked for twice a second: requests, a moved log file."""
        self._next_look = steady + _LOOK
        self._parts.log_file.reopen_if_moved()
        events: list[Event] = []
        try:
            found = self._parts.requests.look(steady)
        except OSError as error:
            self._trouble("requests", error)
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
            self._take(self._machine.handle(events, self._now()))
            if not self._commit(sync=self._must_sync()):
                events = self._perform_while_paused()
                if not events:
                    break
                continue
            for request in self._applied:
                self._parts.requests.done(request)
            self._applied.clear()
            if not self._todo:
                break
            events = self._perform()
        self._parts.log_file.flush()

    def _take(self, turn: Turn) -> None:
        journal, narrator = self._parts.journal, self._narrator
        for record in turn.records:
            journal.add(record)
            narrator.tell(record)
            if self._parts.observer is not None and record["kind"] == "state":
                self._remember_ends(record["steps"])
        for name, fields in turn.notes:
            narrator.note(name, fields)
        self._todo.extend(turn.instructions)

    def _must_sync(self) -> bool:
        """Jobs that outlive this machine must not be forgotten when it goes down."""
        return any(isinstance(item, Submit) and item.lane == SCHEDULED for item in self._todo)

    def _commit(self, *, sync: bool) -> bool:
        """Make the journal safe; False: it cannot be written now."""
        parts = self._parts
        if self._paused is not None and parts.clock.steady() < self._next_try:
            return False
        try:
            parts.journal.flush(sync=sync)
        except OSError as error:
            self._next_try = parts.clock.steady() + _LOOK
            self._paused = f"{parts.journal.path}: {error.strerror}"
            self._complain(self._paused)
            return False
        if self._paused is not None:
            self._paused = None
            self._complain(self._closed_files)
        return True

    def _look_at_files(self, event: Answers) -> None:
        """Whether the scripts of these jobs could be written."""
        troubles = [answer["error"] for _, _, answer in event.jobs if answer.get("files")]
        self._closed_files = troubles[0] if troubles else None
        if self._paused is None:
            self._complain(self._closed_files)

    def _complain(self, reason: str | None) -> None:
        """Tell people at once that the study pauses, and that it goes on; once each."""
        if (reason is None) == (self._complained is None):
            return
        self._complained = reason
        if reason is None:
            self._parts.log.event("unpaused")
            _say("maestro: the study goes on")
        else:
            self._parts.log.event("paused", reason=reason)
            _say(f"maestro: the study pauses: {reason}")

    def _perform(self) -> list[Event]:
        events: list[Event] = []
        while self._todo:
            self._do(self._todo.popleft(), events)
        return events

    def _perform_while_paused(self) -> list[Event]:
        """Cancelling needs no journal: it can be asked for twice without harm."""
        events: list[Event] = []
        for item in [item for item in self._todo if isinstance(item, Cancel)]:
            self._todo.remove(item)
            self._do(item, events)
        return events

    def _do(self, item: Instruction, events: list[Event]) -> None:
        parts = self._parts
        if isinstance(item, Settle):
            events.append(self._settle(item))
        elif isinstance(item, WriteScripts):
            events.append(ScriptsWritten(parts.submission.write_scripts(item.instances)))
        elif item.lane == SCHEDULED and self._link is not None:
            if isinstance(item, Submit):
                self._link.submit(item)
            elif isinstance(item, Cancel):
                self._link.cancel(item)
            else:
                self._link.find(item)
        elif isinstance(item, Submit):
            answers = parts.submission.submit(parts.local, item.jobs, sync=False)
            events.append(Answers(LOCAL, answers))
            self._next_local = parts.clock.steady() + self._local_look
        elif isinstance(item, Cancel):
            parts.local.cancel(item.jobs)
        else:
            events.append(self._find_local(item))

    def _settle(self, item: Settle) -> Settled:
        folder = self._parts.root / self._parts.graph.workspaces[item.instance]
        try:
            found = (void_attempt if item.void else read_attempt)(folder, item.attempt)
        except OSError as error:
            trouble = f"cannot read its attempt file: {error.strerror}"
            return Settled(item.instance, item.attempt, "error", detail=trouble)
        detail = None
        if found.fate == "started":
            me = self._parts.hold.me
            here = (found.host, found.boot) == (me.host, me.boot)
            detail = f"ended without a trace on {found.host or 'an unknown host'}"
            if here and found.pid is not None and not _can_look() and _is_alive(found.pid):
                detail = f"process {found.pid} may still run it, which this system does not tell"
                return Settled(item.instance, item.attempt, "error", detail=detail)
            if not here and found.host == me.host:
                detail = f"{me.host} was started anew meanwhile"
        return Settled(
            item.instance,
            item.attempt,
            found.fate,
            found.exit_code,
            found.started,
            found.ended,
            detail,
        )

    def _find_local(self, item: Find) -> Found:
        tokens = [token for _, _, token in item.jobs]
        found: Mapping[str, Mapping[str, Any]] = self._parts.local.find(tokens)
        rows = [(i, attempt, found[token]) for i, attempt, token in item.jobs]
        return Found(LOCAL, rows)

    # -- what only informs --

    def _compact(self) -> None:
        journal = self._parts.journal
        if journal.compact(self._state, self._parts.clock.wall()):
            self._parts.log.event("journal_compacted", count=journal.size)

    def _informative(self, name: str, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self._trouble(name, error)
        else:
            self._troubled.discard(name)

    def _trouble(self, name: str, error: OSError) -> None:
        if name not in self._troubled:
            self._troubled.add(name)
            self._parts.log.event("file_trouble", path=name, reason=str(error))

    def _remember_ends(self, rows: list[list[Any]]) -> None:
        finals = {NAMES[code] for code in FINAL}
        for row in rows:
            if row[2] in finals:
                self._ended.append((self._parts.graph.names[row[0]], row[2]))

    def _observe(self, steady: float, *, last: bool = False) -> None:
        observer = self._parts.observer
        if observer is None or self._observed == self._state.changes:
            return
        if not last and steady < self._next_observed:
            return
        self._next_observed = steady + _OBSERVE
        self._observed = self._state.changes
        counts = {NAMES[code]: n for code, n in enumerate(self._state.counts) if n}
        observer(Progress(counts, len(self._state), tuple(self._ended), self._complained))
        self._ended.clear()


def _can_look() -> bool:
    """Whether this system shows what a process is (Linux); else a process id has to do."""
    return Path("/proc/self/environ").exists()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _signal_code(name: str | None) -> int:
    return 128 + {"SIGINT": 2, "SIGTERM": 15}.get(name or "", 0)


def _say(line: str) -> None:
    """Tell people on stderr; there may be no room to log it."""
    with contextlib.suppress(OSError, ValueError):
        print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}", file=sys.stderr, flush=True)  # noqa: T201
