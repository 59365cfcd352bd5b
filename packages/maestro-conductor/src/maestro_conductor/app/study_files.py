"""Open the files that a conductor writes: the log and the journal."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import attrs

from maestro_conductor.core.study_state import StudyState
from maestro_conductor.errors import WorkspaceError
from maestro_conductor.journal.in_force import amendment_in_force
from maestro_conductor.journal.reader import JournalReader
from maestro_conductor.journal.replay import load
from maestro_conductor.journal.writer import JournalWriter
from maestro_conductor.model.file_names import clean_name
from maestro_conductor.model.settings import Run
from maestro_conductor.observers.log_file import LogFile
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.workspace.amendment_files import move_in
from maestro_conductor.workspace.atomic_write import ensure_seen
from maestro_conductor.workspace.disk import Disk
from maestro_conductor.workspace.graph_file import GraphFile
from maestro_conductor.workspace.paths import JOURNAL

__all__ = ["StudyFiles", "log_path_of", "open_in_force", "open_journal"]


@attrs.frozen
class StudyFiles:
    """The files of a study that is being run.

    Attributes:
        graph: what is run.
        run: how.
        journal: takes records.
        state: what it says so far.
        log: takes lines.
    """

    graph: GraphFile
    run: Run
    journal: JournalWriter
    state: StudyState
    log: LogFile


def log_path_of(root: Path, study: str) -> Path:
    """Return where a study's log is."""
    return root / "logs" / f"{clean_name(study)}.log"


def open_in_force(root: Path, before: GraphFile | None = None) -> GraphFile:
    """Return the graph in force, in its place: what an amendment left to be done is done first.

    Args:
        root: the workspace; its lock is held.
        before: that was read before; closed, where it is in force no longer.

    Raises:
        WorkspaceError: it cannot be read, or files of an amendment cannot be moved.
    """
    amendment = amendment_in_force(root)
    if amendment is not None:
        try:
            move_in(root, amendment)
        except OSError as error:
            raise WorkspaceError(
                f"{error.filename or root}: {error.strerror}. The study is amended, and its files "
                "cannot be put in their places. Once the cause is gone, start it again"
            ) from error
    if before is None:
        return GraphFile(root)
    if before.graph.amendment == amendment:
        return before
    before.close()
    return GraphFile(root)


@contextlib.contextmanager
def open_journal(
    context: RunContext,
    run: Run,
    disk: Disk,
    known: tuple[StudyState, JournalReader] | None = None,
) -> Iterator[tuple[StudyState, JournalWriter]]:
    """Replay the journal, cut its torn tail, and open it for writing; make it where there is none.

    Args:
        context: of the run.
        run: how the study is run.
        disk: that records go to.
        known: what `load` has said before, where nothing was written since.

    Raises:
        WorkspaceError: it cannot be read, or opened.
    """
    state, journal = _open(context, run, disk, known)
    try:
        yield state, journal
    finally:
        journal.close()


def _open(
    context: RunContext, run: Run, disk: Disk, known: tuple[StudyState, JournalReader] | None
) -> tuple[StudyState, JournalWriter]:
    path = context.root / JOURNAL
    try:
        ensure_seen(path)
        state, reader = known or load(context.root, context.graph, run)
        if reader.header is None:
            size = len(context.graph)
            journal = JournalWriter.create(
                path, run.study_id, size, disk, amendment=context.graph.amendment
            )
            return state, journal
        torn = path.stat().st_size - reader.offset
        if torn:
            context.log.event("journal_cut", count=torn)
        return state, JournalWriter(path, reader.offset, reader.sequence, disk)
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be opened: {error.strerror}") from error
