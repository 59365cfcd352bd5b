"""What a workspace says of its study: read from its files, asking nobody.

:func:`open_study` reads the heads and the journal, which is enough to count; the instances
themselves are read when they are asked for.
"""

from __future__ import annotations

import fnmatch
import os
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from attrs import define, frozen

from maestro_cli.errors import EXIT_BAD, EXIT_CANCELLED, EXIT_FAILED, EXIT_OK, StudyError
from maestro_conductor.workspace.regular_files import stream_regular

if TYPE_CHECKING:
    from maestro_conductor.core.study_state import StudyState
    from maestro_conductor.model.graph import Graph
    from maestro_conductor.workspace.conductor_lock import Holder

#: What a study as a whole can be, and what that means.
STUDY_STATES = {
    "STAGED": "made, and never started",
    "RUNNING": "its conductor is alive",
    "FINISHED": "every step has finished",
    "FAILED": "it has ended, and a step failed",
    "CANCELLED": "it was cancelled",
    "DRYRUN": "its scripts are written, nothing was run",
    "STOPPED": "its conductor was stopped before the end; `maestro resume` goes on",
    "DEAD": "its conductor died before the end; `maestro resume` goes on",
    "UNKNOWN": "no access: whether its conductor is alive cannot be told by who may not read its lock",
}
_EXIT_CODES = {
    "FAILED": EXIT_FAILED,
    "CANCELLED": EXIT_CANCELLED,
    "DEAD": EXIT_BAD,
    "STOPPED": EXIT_BAD,
    "UNKNOWN": EXIT_BAD,
}

#: States of an instance in which its attempt failed, or never took place because another's did.
BAD_STATES = ("FAILED", "TIMEDOUT", "HWFAILURE", "INCOMPLETE")


class Instance(NamedTuple):
    """One instance of a step as it stands. Times are ms since 1970, None where there is none."""

    number: int
    name: str
    step: str
    workspace: str
    state: str
    job: str | None
    attempt: int
    cause: str | None
    submitted: int | None
    started: int | None
    ended: int | None
    restarts: int
    resubmissions: int
    retries: int
    exit_code: int | None
    reason: str | None
    parameters: str

    def run_time(self, now: int) -> float | None:
        """Seconds that the latest attempt has run, until ``now`` if it still does."""
        if self.started is None:
            return None
        return ((now if self.ended is None else self.ended) - self.started) / 1000

    def elapsed(self, now: int) -> float | None:
        """Seconds since the first submission, until its end if it has ended."""
        if self.submitted is None:
            return None
        return ((now if self.ended is None else self.ended) - self.submitted) / 1000


@frozen
class Step:
    """A step: its name and the range of its instances."""

    name: str
    first: int
    count: int


@frozen
class Pause:
    """Why a study stands still though its conductor lives, and since when (ms since 1970)."""

    why: str
    since: int | None


@define(slots=False)
class Study:
    """A study as its workspace shows it.

    Attributes:
        root: Its folder.
        name: Its name.
        steps: In topological order.
        created: ms, when the workspace was made.
        known: The journal's sum.
        started: Whether there is a journal at all.
        holder: The live conductor.
        last_holder: The conductor that holds or last held the workspace.
        lock_is_readable: Whether it could be told whether a conductor is alive.
    """

    root: Path
    name: str
    steps: Sequence[Step]
    created: int
    known: StudyState
    started: bool
    holder: Holder | None
    last_holder: Holder | None
    lock_is_readable: bool = True

    @property
    def state(self) -> str:
        """A word of :data:`STUDY_STATES`."""
        if self.known.outcome is not None:
            return self.known.outcome[0]
        if self.holder is not None:
            return "RUNNING"
        if not self.started:
            return "STAGED"
        if self.known.closed is not None or self._left_unrecorded():
            return "STOPPED"
        return "DEAD" if self.lock_is_readable else "UNKNOWN"

    def _left_unrecorded(self) -> bool:
        """Whether the latest conductor left on purpose, and had no room to write that in the journal."""
        who, opened = self.last_holder, self.known.opened
        if who is None or who.live or opened is None:
            return False
        return (opened["boot"], opened["pid"]) == (who.boot, who.pid)

    @property
    def pause(self) -> Pause | None:
        """Why it stands still: as its conductor says, or where that cannot even write, as the disk does."""
        from maestro_conductor.workspace.conductor_lock import HEARTBEAT

        who = self.holder
        if who is None or self.known.outcome is not None:
            return None
        if who.paused is not None:
            return Pause(who.paused, who.paused_since)
        silent = time.time() - who.heartbeat / 1000 > 2 * HEARTBEAT
        why = _no_room(self.root) if silent else None
        return None if why is None else Pause(why, None)

    @property
    def exit_code(self) -> int:
        """What ``maestro status`` of this study exits with."""
        return _EXIT_CODES.get(self.state, EXIT_OK)

    @property
    def total(self) -> int:
        """How many instances there are."""
        return len(self.known)

    def counts(self, step: Step | None = None) -> dict[str, int]:
        """How many instances are in each state, of one step or of all; states with none left out."""
        from maestro_conductor.model.states import NAMES

        if step is None:
            numbers: Iterable[int] = self.known.counts
        else:
            part = bytes(self.known.state[step.first : step.first + step.count])
            numbers = [part.count(code) for code in range(len(NAMES))]
        return {name: number for name, number in zip(NAMES, numbers, strict=True) if number}

    @cached_property
    def graph(self) -> Graph:
        """The whole graph; 10 µs per instance."""
        from maestro_conductor.workspace.graph_file import read_graph

        return read_graph(self.root, values=True)

    def mark_queued(self) -> None:
        """Tells instances that may run (QUEUED) from those that wait for others (INITIALIZED)."""
        from maestro_conductor.core.dependencies import mark_queued

        if self.known.unfinished():
            mark_queued(self.graph, self.known)

    def instances(self, which: Iterable[int] | None = None) -> list[Instance]:
        """Gives instances as they stand, all by default."""
        from maestro_conductor.model.records import CAUSES
        from maestro_conductor.model.states import NAMES

        graph, known = self.graph, self.known
        steps = [step.name for step in self.steps]
        numbers = range(len(graph)) if which is None else list(which)

        def of(column: Sequence[Any]) -> Sequence[Any]:
            return column if which is None else [column[i] for i in numbers]

        def or_none(column: Sequence[int]) -> Sequence[int | None]:
            return [None if value < 0 else value for value in of(column)]

        attempts = of(known.attempt)
        causes = zip(of(known.cause), attempts, strict=True)
        # A column for each field, in their order: half the time of a row after the other.
        return list(
            map(
                Instance,
                numbers,
                of(graph.names),
                [steps[step] for step in of(graph.step_of)],
                of(graph.workspaces),
                [NAMES[code] for code in of(known.state)],
                of(known.job),
                attempts,
                [CAUSES[code] if attempt else None for code, attempt in causes],
                or_none(known.submitted),
                or_none(known.started),
                or_none(known.ended),
                of(known.restarts),
                of(known.resubmissions),
                of(known.retries),
                or_none(known.exit_code),
                map(known.reason.get, numbers),
                of(graph.parameters),
            )
        )

    def record(self, instance: Instance) -> dict[str, Any]:
        """Gives all of an instance's record: its label, its script."""
        from maestro_conductor.workspace.graph_file import GraphFile

        file = GraphFile(self.root, self.graph)
        try:
            return file.instance(instance.number)
        finally:
            file.close()

    def parameters(self, index: int) -> dict[str, Any]:
        """Gives an instance's parameters: name → value."""
        return {row[0]: row[1] for row in self.graph.values[index]}


def open_study(root: Path) -> Study:
    """Reads a study's heads and journal.

    Raises:
        maestro_conductor.errors.ConductorError: A file is missing, damaged or too new.
    """
    from maestro_conductor.core.study_state import StudyState
    from maestro_conductor.journal.reader import JournalReader
    from maestro_conductor.journal.replay import replay
    from maestro_conductor.workspace import conductor_lock
    from maestro_conductor.workspace.paths import JOURNAL

    # The holder is asked first: a study that ends meanwhile is then seen as ended, not as dead.
    holder = conductor_lock.holder(root)
    head, steps = read_head(root)
    known = StudyState(head["instances"])
    reader = JournalReader(root / JOURNAL)
    try:
        replay(known, reader.read())
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise StudyError(
            f"{reader.path} does not fit the study: it is damaged, or that of another one",
            hint="if it was copied there by mistake, take it away",
        ) from error
    finally:
        reader.close()
    started = reader.header is not None
    if started and holder is None and known.closed is None and known.outcome is None:
        holder = conductor_lock.holder(root)  # it may have started after we asked
    return Study(
        root=root,
        name=head["name"],
        steps=steps,
        created=_created(root),
        known=known,
        started=started,
        holder=holder,
        last_holder=holder or conductor_lock.last_holder(root),
        lock_is_readable=holder is not None or conductor_lock.lock_is_readable(root),
    )


def read_head(root: Path) -> tuple[dict[str, Any], list[Step]]:
    """Reads the beginning of ``graph.msgpack``: its first record and the steps.

    Raises:
        maestro_conductor.errors.ConductorError: It is missing, damaged or too new.
    """
    from maestro_conductor.errors import ConductorError, FormatError, WorkspaceError
    from maestro_conductor.workspace.graph_stream import GraphStream
    from maestro_conductor.workspace.paths import GRAPH

    path = root / GRAPH
    try:
        with stream_regular(path) as file:
            stream = GraphStream(path, file, os.fstat(file.fileno()).st_size)
            head = dict(stream.head)
            steps = [
                Step(step["name"], step["first"], step["count"])
                for step in (stream.next("step", index) for index in range(head["steps"]))
            ]
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read: {error.strerror}") from error
    except ConductorError:
        raise
    except Exception as error:  # what a damaged file holds may be anything, where we look for a map
        raise FormatError(f"{path} is damaged or torn: make the study anew") from error
    return head, steps


def _no_room(root: Path) -> str | None:
    """Why nobody could write there; None: somebody could."""
    try:
        room = os.statvfs(root)
    except OSError as error:
        return f"{root}: {error.strerror}"
    if room.f_bavail == 0:
        return f"there is no room on the disk of {root}"
    if room.f_files and room.f_favail == 0:
        return f"the disk of {root} takes no more files (it has no inode left)"
    return None


def _created(root: Path) -> int:
    """When the workspace was made; 0: it does not say.

    Raises:
        maestro_conductor.errors.ConductorError: What says it is damaged.
    """
    from maestro_conductor.workspace.paths import RUN
    from maestro_conductor.workspace.run_file import read_run_record

    if not (root / RUN).exists():
        return 0
    created = read_run_record(root).get("created")
    return created if isinstance(created, int) else 0


def chooser(states: Iterable[str], patterns: Sequence[str]) -> Callable[[Instance], bool]:
    """Gives the test of ``--state`` and ``--step``; nothing given: all pass."""
    wanted = set(states)

    def chosen(instance: Instance) -> bool:
        return (not wanted or instance.state in wanted) and (
            not patterns or matches(instance, patterns)
        )

    return chosen


def choose(study: Study, pattern: str) -> list[Instance]:
    """Gives the instances that a name or a pattern means.

    Raises:
        StudyError: None.
    """
    found = [each for each in study.instances() if matches(each, [pattern])]
    if not found:
        import difflib

        known = [*[step.name for step in study.steps], *study.graph.names[:1000]]
        near = difflib.get_close_matches(pattern, known, n=1)
        raise StudyError(
            f"{study.root} has no step or instance {pattern or repr(pattern)}",
            hint=f"did you mean {near[0]}?"
            if near
            else f"its steps: {', '.join(step.name for step in study.steps)}",
        )
    return found


def matches(instance: Instance, patterns: Sequence[str]) -> bool:
    """Whether the instance, or its step, has a name that a pattern (or the plain name) meets."""
    return any(
        pattern in (instance.name, instance.step)
        or fnmatch.fnmatchcase(instance.name, pattern)
        or fnmatch.fnmatchcase(instance.step, pattern)
        for pattern in patterns
    )
