"""Read what a workspace says of its study: from its files, without asking its conductor.

:func:`open_study` reads the heads and the journal, which is enough to count; the instances
themselves are read when they are asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from attrs import define

from maestro_cli.errors import EXIT_BAD, EXIT_CANCELLED, EXIT_FAILED, EXIT_OK, StudyError
from maestro_cli.study.instances import Instance, Step, read_instances
from maestro_conductor.workspace.regular_files import stream_regular

if TYPE_CHECKING:
    from maestro_cli.study.pause import Pause
    from maestro_cli.study.workspace_records import (
        GraphHead,
        InstanceRecord,
        RunRecord,
        StepRecord,
    )
    from maestro_conductor.core.study_state import StudyState
    from maestro_conductor.journal.reader import JournalHeader
    from maestro_conductor.model.graph import Graph
    from maestro_conductor.model.records import RequestRecord
    from maestro_conductor.workspace.conductor_lock import Holder
    from maestro_conductor.workspace.place import Origin

__all__ = ["STUDY_STATES", "StudyView", "open_study", "read_head"]

#: The states of a study as a whole, and what each means.
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
#: How often a study may be amended while it is read, before that counts as damage.
_AMENDED_MEANWHILE = 5
_EXIT_CODES = {
    "FAILED": EXIT_FAILED,
    "CANCELLED": EXIT_CANCELLED,
    "DEAD": EXIT_BAD,
    "STOPPED": EXIT_BAD,
    "UNKNOWN": EXIT_BAD,
}


@define(slots=False)
class StudyView:
    """A study as its workspace shows it.

    Attributes:
        root: Its folder.
        name: Its name.
        steps: In topological order.
        created: When the workspace was made, in ms since 1970; 0: unknown.
        study_id: Of its ``run.msgpack``; empty: unknown.
        known: The sum of the journal's records.
        started: Whether there is a journal at all.
        holder: The live conductor.
        last_holder: The conductor that holds or last held the workspace.
        made_in: The folder in which it was made; empty: unknown.
        lock_is_readable: Whether it could be told whether a conductor is alive.
        graph_file: Path of its graph, relative to its folder.
        amendment: The amendment that this graph came with; None: it was made with it.
    """

    root: Path
    name: str
    steps: Sequence[Step]
    created: int
    study_id: str
    known: StudyState
    started: bool
    holder: Holder | None
    last_holder: Holder | None
    made_in: str
    lock_is_readable: bool = True
    graph_file: str = ".maestro/graph.msgpack"
    amendment: str | None = None

    @property
    def state(self) -> str:
        """The study's state, a key of :data:`STUDY_STATES`."""
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
        """Return whether the latest conductor left on purpose, without room to record that."""
        who, opened = self.last_holder, self.known.opened
        if who is None or who.live or opened is None:
            return False
        return (opened["boot"], opened["pid"]) == (who.boot, who.pid)

    @property
    def pause(self) -> Pause | None:
        """Why the study stands still though its conductor is alive; None: it does not."""
        if self.holder is None or self.known.outcome is not None:
            return None
        from maestro_cli.study.pause import find_pause

        return find_pause(self.root, self.holder)

    @property
    def origin(self) -> Origin | None:
        """From where it came since it was last run; None: it is where it was, or that no longer matters."""
        if self.holder is not None or self.state == "FINISHED":
            return None
        from maestro_conductor.workspace.place import find_origin

        return find_origin(self.root, self.known.opened, self.made_in, self.study_id)

    @property
    def exit_code(self) -> int:
        """The exit code of ``maestro status`` for this study."""
        return _EXIT_CODES.get(self.state, EXIT_OK)

    @property
    def total(self) -> int:
        """The number of instances."""
        return len(self.known)

    def counts(self, step: Step | None = None) -> dict[str, int]:
        """Count the instances in each state, of one step or of all; leave out states with none."""
        from maestro_conductor.model.states import NAMES

        if step is None:
            numbers: Iterable[int] = self.known.counts
        else:
            part = bytes(self.known.state[step.first : step.first + step.size])
            numbers = [part.count(code) for code in range(len(NAMES))]
        return {name: number for name, number in zip(NAMES, numbers, strict=True) if number}

    @property
    def requests(self) -> list[RequestRecord]:
        """The newest requests that were taken in or refused, the oldest first."""
        return [each for each in self.known.requests if each["kind"] == "request"]

    @property
    def waiting_requests(self) -> list[Path]:
        """The files of requests that no conductor has taken yet."""
        from maestro_cli.study.requests import waiting

        return waiting(self.root)

    @property
    def held(self) -> int:
        """The number of instances that get no further attempt until they are released."""
        return len(self.known.held)

    def held_of(self, step: Step) -> int:
        """Count the held instances of a step."""
        return sum(step.first <= index < step.first + step.size for index in self.known.held)

    @cached_property
    def graph(self) -> Graph:
        """The whole graph; 10 µs per instance.

        Raises:
            StudyError: The study was amended since it was opened.
        """
        from maestro_conductor.workspace.graph_file import read_graph
        from maestro_conductor.workspace.paths import GRAPH

        # That of an amendment is moved into its place as soon as a conductor runs.
        there = os.path.lexists(self.root / self.graph_file)
        graph = read_graph(self.root, values=True, file=self.graph_file if there else GRAPH)
        if graph.amendment != self.amendment:
            raise StudyError(f"{self.root} was amended just now", hint="ask again")
        return graph

    def mark_queued(self) -> None:
        """Tell instances that may run (QUEUED) from those that wait for others (INITIALIZED)."""
        from maestro_conductor.core.dependencies import mark_queued

        if self.known.unfinished():
            mark_queued(self.graph, self.known)

    def instances(self, which: Iterable[int] | None = None) -> list[Instance]:
        """Return instances as they stand, all by default."""
        return read_instances(self.graph, self.known, self.steps, which)

    def record(self, instance: Instance) -> InstanceRecord:
        """Read an instance's record from the graph's file."""
        from maestro_conductor.workspace.graph_file import GraphFile

        file = GraphFile(self.root, self.graph)
        try:
            return cast("InstanceRecord", file.instance(instance.number))
        finally:
            file.close()

    def parameters(self, index: int) -> dict[str, object]:
        """Return an instance's parameters: name → value."""
        return {row[0]: row[1] for row in self.graph.values[index]}


def open_study(root: Path) -> StudyView:
    """Read a study's heads and journal.

    Raises:
        maestro_conductor.errors.ConductorError: A file is missing, damaged or too new.
    """
    from maestro_conductor.journal.in_force import graph_in_force
    from maestro_conductor.workspace import conductor_lock
    from maestro_conductor.workspace.paths import GRAPH, JOURNAL

    # The lock is read first: a study that ends meanwhile is then seen as ended, not as dead.
    holder = conductor_lock.holder(root)
    for _ in range(_AMENDED_MEANWHILE):
        graph_file = graph_in_force(root)
        head, steps = read_head(root, graph_file)
        known, header = _read_journal(root, head)
        amendment = head.get("amendment")
        if header is None or header.get("amendment") == amendment:
            break
    else:
        raise StudyError(
            f"{root / GRAPH} is not the graph that {root / JOURNAL} belongs to",
            hint="put back a copy of the study, or make it anew",
        )
    started = header is not None
    if started and holder is None and known.closed is None and known.outcome is None:
        holder = conductor_lock.holder(root)  # it may have started after the first look
    created, study_id, made_in = _read_run(root)
    return StudyView(
        root=root,
        name=head["name"],
        steps=steps,
        created=created,
        study_id=study_id,
        known=known,
        started=started,
        holder=holder,
        last_holder=holder or conductor_lock.last_holder(root),
        made_in=made_in or head["root"] or "",
        lock_is_readable=holder is not None or conductor_lock.lock_is_readable(root),
        graph_file=graph_file,
        amendment=amendment,
    )


def _read_journal(root: Path, head: GraphHead) -> tuple[StudyState, JournalHeader | None]:
    """Read what has become of the instances of a graph.

    Returns:
        That, and the journal's header: None if there is none. Where the study was amended since the
        graph was read, the first is of no use.

    Raises:
        StudyError: The journal does not fit.
        maestro_conductor.errors.ConductorError: It is damaged or too new.
    """
    from maestro_conductor.core.study_state import StudyState
    from maestro_conductor.journal.reader import JournalReader
    from maestro_conductor.journal.replay import replay
    from maestro_conductor.workspace.paths import JOURNAL

    known = StudyState(head["instances"])
    with JournalReader(root / JOURNAL) as reader:
        try:
            replay(known, reader.read())
        except (KeyError, IndexError, TypeError, ValueError) as error:
            if reader.header is not None and reader.header.get("amendment") != head.get(
                "amendment"
            ):
                return known, reader.header
            raise StudyError(
                f"{reader.path} does not fit the study: it is damaged, or that of another one",
                hint="if it was copied there by mistake, take it away",
            ) from error
        return known, reader.header


def read_head(root: Path, graph: str | None = None) -> tuple[GraphHead, list[Step]]:
    """Read the beginning of ``graph.msgpack``: its first record and the steps.

    Args:
        root: The workspace.
        graph: Path of the file in it; None: of the graph in force.

    Raises:
        maestro_conductor.errors.ConductorError: It is missing, damaged or too new.
    """
    from maestro_conductor.errors import ConductorError, FormatError, WorkspaceError
    from maestro_conductor.journal.in_force import graph_in_force
    from maestro_conductor.workspace.graph_stream import GraphStream

    path = root / (graph_in_force(root) if graph is None else graph)
    try:
        with stream_regular(path) as file:
            stream = GraphStream(path, file, os.fstat(file.fileno()).st_size)
            head = cast("GraphHead", stream.head)
            records: Iterable[StepRecord] = (
                stream.next("step", index) for index in range(head["steps"])
            )
            steps = [Step(step["name"], step["first"], step["count"]) for step in records]
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read: {error.strerror}") from error
    except ConductorError:
        raise
    except Exception as error:  # a damaged file may hold anything where a map is expected
        raise FormatError(f"{path} is damaged or torn: make the study anew") from error
    return head, steps


def _read_run(root: Path) -> tuple[int, str, str]:
    """Return when the workspace was made, the study's id, and where; 0 and empty: it does not say.

    Raises:
        maestro_conductor.errors.ConductorError: What says it is damaged.
    """
    from maestro_conductor.workspace.paths import RUN
    from maestro_conductor.workspace.run_file import read_run_record

    if not (root / RUN).exists():
        return 0, "", ""
    record = cast("RunRecord", read_run_record(root))
    created: object = record.get("created")
    when = created if isinstance(created, int) else 0
    return when, record["study_id"], record.get("root", "")
