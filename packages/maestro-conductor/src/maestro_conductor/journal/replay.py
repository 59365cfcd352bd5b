"""Rebuild the state of a study from its journal."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from pathlib import Path

from maestro_conductor.core.dependencies import mark_queued
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.errors import FormatError, WorkspaceError
from maestro_conductor.journal.in_force import amendment_in_force, graph_in_force
from maestro_conductor.journal.reader import AWAY, JournalReader
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.records import Record
from maestro_conductor.model.settings import Run
from maestro_conductor.workspace.graph_file import read_graph
from maestro_conductor.workspace.paths import JOURNAL
from maestro_conductor.workspace.run_file import read_run

__all__ = ["load", "read_state", "replay"]


def replay(state: StudyState, records: Iterable[Record]) -> StudyState:
    """Take in records, and return ``state`` itself."""
    # Millions of short-lived maps and lists: looking through them for cycles is wasted time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        apply = state.apply
        for record in records:
            apply(record)
    finally:
        if collecting:
            gc.enable()
    return state


def load(root: Path, graph: Graph, run: Run) -> tuple[StudyState, JournalReader]:
    """Return the state of a study, and the reader that read it, closed, at the end of its journal.

    Raises:
        WorkspaceError: the journal cannot be read, or is that of another study.
    """
    state = StudyState(len(graph), run.study_id, run.settings)
    state.amendment = graph.amendment
    with JournalReader(root / JOURNAL) as reader:
        records = reader.read()
        first = next(records, None)
        _refuse_another_study(reader, state)
        try:
            if first is not None:
                state.apply(first)
            replay(state, records)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise FormatError(
                f"{reader.path} holds a record that makes no sense before byte {reader.offset} "
                f"({error!r}). {AWAY}"
            ) from error
    return state, reader


def _refuse_another_study(reader: JournalReader, state: StudyState) -> None:
    header = reader.header
    if header is None:
        return
    if header.get("amendment") != state.amendment:
        raise FormatError(
            f"{reader.path} belongs to another form of the study: it is that of amendment "
            f"{header.get('amendment') or 'none'}, the graph is that of amendment "
            f"{state.amendment or 'none'}. {AWAY}"
        )
    if (header["instances"], header["study_id"]) == (len(state), state.study_id):
        return
    raise FormatError(
        f"{reader.path} is the journal of another study: it has {header['instances']} instances "
        f"and the id {header['study_id']}, the graph has {len(state)} and {state.study_id}"
    )


def _read_whole(root: Path) -> tuple[Graph, StudyState]:
    """Read graph and journal; again, where the study was amended between the one and the other."""
    while True:
        before = amendment_in_force(root), graph_in_force(root)
        try:
            graph = read_graph(root, file=before[1])
            return graph, load(root, graph, read_run(root))[0]
        except WorkspaceError:
            if (amendment_in_force(root), graph_in_force(root)) == before:
                raise


def read_state(root: Path) -> tuple[Graph, StudyState]:
    """Return what a workspace says of its study; ask nobody, change nothing.

    Instances whose dependencies are fulfilled are shown as QUEUED, as in the conductor.

    Raises:
        WorkspaceError: ``root`` is no workspace, or it cannot be read.
    """
    graph, state = _read_whole(root)
    mark_queued(graph, state)
    return graph, state
