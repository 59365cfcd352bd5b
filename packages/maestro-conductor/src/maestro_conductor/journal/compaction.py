"""Compact a journal: say the same in fewer records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from maestro_conductor.core.study_state import NONE, REFUSED, StudyState
from maestro_conductor.journal.framing import encode, journal_header
from maestro_conductor.model import records
from maestro_conductor.model.records import CAUSES, Record, RefusedRow, SnapshotRow, StateRow
from maestro_conductor.model.states import INITIALIZED, NAMES, PENDING, QUEUED
from maestro_conductor.workspace.atomic_write import OWN_MODE, replace_file

__all__ = ["compact", "summary", "worth_it"]

#: Bytes below which a journal is not worth compacting.
SMALL = 1 << 22
#: Rows in one record: few enough that no frame is large.
ROWS = 1000


def worth_it(size: int, before: int, instances: int) -> bool:
    """Tell whether a journal says much that no longer matters.

    A snapshot row takes about 130 bytes; the records of one undisturbed attempt about 300.

    Args:
        size: of the journal, in bytes.
        before: its size after it was compacted last; 0: it was not.
        instances: of the study.
    """
    return size > max(SMALL, 600 * instances, 4 * before)


def summary(state: StudyState, time: int) -> Iterator[Record]:
    """Return records that rebuild ``state`` from nothing."""
    if state.opened is not None:  # before the attempts: they are those of the id that it tells
        yield state.opened
    yield records.settings(time, "snapshot", state.settings)
    yield from state.requests
    if state.resumed:
        yield records.resumed(time, [])
    for first in range(0, len(state), ROWS):
        instances = range(first, min(first + ROWS, len(state)))
        yield records.snapshot(time, first, [_snapshot_row(state, i) for i in instances])
    again = sorted(state.before)
    for first in range(0, len(again), ROWS):
        refused: list[RefusedRow] = []
        queued: list[StateRow] = []
        for i in again[first : first + ROWS]:
            if state.before[i] == REFUSED:
                refused.append(RefusedRow(i, state.attempt[i], False, state.reason.get(i, "")))
            name, reason = NAMES[state.state[i]], state.reason.get(i)
            queued.append(StateRow(i, state.attempt[i], name, time, reason=reason))
        if refused:
            yield records.refused(time, refused)
        yield records.state(time, queued)
    if state.ending:
        yield records.cancelled(time, sorted(state.ending))
    if state.cancelling:
        yield records.cancelled(time)
    if state.outcome is not None:
        yield records.ended(time, *state.outcome)


def _snapshot_row(state: StudyState, i: int) -> SnapshotRow:
    """Return all that is known of an instance.

    One that is to be submitted again is shown in the state from which it came: a record of kind
    ``state`` has to follow.
    """
    attempt = state.attempt[i]
    shown = state.state[i]
    if i in state.before:
        shown = PENDING if state.before[i] == REFUSED else state.before[i]
    elif shown == QUEUED:
        shown = INITIALIZED
    return SnapshotRow(
        state=NAMES[shown],
        attempt=attempt,
        job=state.job[i],
        token=state.token(i, attempt) if attempt else None,
        cause=CAUSES[state.cause[i]] if attempt else None,
        script=("main", "restart")[state.script[i]] if attempt else None,
        restarts=state.restarts[i],
        resubmissions=state.resubmissions[i],
        retries=state.retries[i],
        refusals=state.refusals[i],
        submitted=_or_none(state.submitted[i]),
        started=_or_none(state.started[i]),
        ended=_or_none(state.ended[i]),
        exit_code=_or_none(state.exit_code[i]),
        reason=state.reason.get(i),
        held=i in state.held,
    )


def _or_none(value: int) -> int | None:
    return None if value == NONE else value


def compact(path: Path, state: StudyState, sequence: int, time: int) -> tuple[int, int]:
    """Replace a journal by a compact one.

    Args:
        path: of the journal.
        state: what it says.
        sequence: number of its next frame.
        time: ms since 1970.

    Returns:
        The new file's size in bytes, and the number of its next frame.

    Raises:
        OSError: it could not be written; the old one stands.
    """
    content = bytearray(journal_header(state.study_id, len(state), sequence))
    for record in summary(state, time):
        content += encode(sequence, record)
        sequence += 1
    replace_file(path, bytes(content), mode=OWN_MODE)
    return len(content), sequence
