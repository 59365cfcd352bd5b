"""Compact a journal: say the same in fewer records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from maestro_conductor.core.amendment import Amendment
from maestro_conductor.core.study_state import NONE, REFUSED, StudyState
from maestro_conductor.journal.framing import encode, journal_header
from maestro_conductor.model import records
from maestro_conductor.model.records import (
    CAUSES,
    OpenedRecord,
    Record,
    RefusedRow,
    SnapshotRow,
    StateRow,
)
from maestro_conductor.model.states import INITIALIZED, NAMES, PENDING, QUEUED
from maestro_conductor.workspace.atomic_write import OWN_MODE, replace_file

__all__ = ["compact", "summary", "worth_it"]

#: Bytes below which a journal is not worth compacting.
SMALL = 1 << 22
#: What is known of an instance of which nothing is; and what of that holds where one runs again.
_AS_NEW = SnapshotRow(
    *(NAMES[INITIALIZED], 0, None, None, None, None),
    *(0, 0, 0, 0),
    *(None, None, None, None, None),
)
_FORGOTTEN = (
    *("state", "job", "restarts", "resubmissions", "retries", "refusals"),
    *("submitted", "started", "ended", "exit_code", "reason"),
)
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


def summary(state: StudyState, time: int, amendment: Amendment | None = None) -> Iterator[Record]:
    """Return records that rebuild ``state`` from nothing.

    Args:
        state: of the study.
        time: ms since 1970.
        amendment: after which the records are to stand; None: the graph stays.
    """
    if state.opened is not None:  # before the attempts: they are those of the id that it tells
        yield _opened(state.opened, amendment)
    yield records.settings(time, "snapshot", state.settings)
    yield from state.requests
    if amendment is not None and amendment.request is not None:
        yield amendment.request
    if state.resumed:
        yield records.resumed(time, [])
    places = range(len(state)) if amendment is None else range(len(amendment.plan.origin))
    for first in range(0, len(places), ROWS):
        rows = [_row(state, place, amendment) for place in places[first : first + ROWS]]
        yield records.snapshot(time, first, rows)
    again = _to_be_submitted_again(state, amendment)
    for first in range(0, len(again), ROWS):
        refused: list[RefusedRow] = []
        queued: list[StateRow] = []
        for place, i in again[first : first + ROWS]:
            if state.before[i] == REFUSED:
                refused.append(RefusedRow(place, state.attempt[i], False, state.reason.get(i, "")))
            name, reason = NAMES[state.state[i]], state.reason.get(i)
            queued.append(StateRow(place, state.attempt[i], name, time, reason=reason))
        if refused:
            yield records.refused(time, refused)
        yield records.state(time, queued)
    if ending := _ending(state, amendment):
        yield records.cancelled(time, ending)
    if state.cancelling and (amendment is None or not any(amendment.plan.anew)):
        yield records.cancelled(time)
    if state.outcome is not None and amendment is None:
        yield records.ended(time, *state.outcome)
    yield from state.amended
    if amendment is not None:
        yield amendment.record
        if amendment.closed is not None:  # or it would look as if its conductor had died
            yield records.closed(time, amendment.closed)


def _opened(opened: OpenedRecord, amendment: Amendment | None) -> OpenedRecord:
    """Return the latest record of that kind. Of an amended study it names the id of later attempts."""
    return opened if amendment is None else {**opened, "study_id": amendment.study_id}


def _row(state: StudyState, place: int, amendment: Amendment | None) -> SnapshotRow:
    """Return what is known of an instance, which stands in a place of the new graph."""
    if amendment is None:
        return _snapshot_row(state, place)
    origin = amendment.plan.origin[place]
    if origin == NONE:
        attempt = amendment.attempts.get(place, 0)
        return _AS_NEW._replace(attempt=attempt, held=place in amendment.plan.held)
    row = _snapshot_row(state, origin)
    if not amendment.plan.anew[place]:
        return row
    # Whatever else is known of it, its number of attempts first of all, goes on.
    return row._replace(**{name: getattr(_AS_NEW, name) for name in _FORGOTTEN})


def _to_be_submitted_again(state: StudyState, amendment: Amendment | None) -> list[tuple[int, int]]:
    """Return place and index of those that wait for another attempt, in order."""
    if amendment is None:
        return [(i, i) for i in sorted(state.before)]
    plan = amendment.plan
    return [
        (place, i)
        for place, i in enumerate(plan.origin)
        if i in state.before and not plan.anew[place]
    ]


def _ending(state: StudyState, amendment: Amendment | None) -> list[int]:
    """Return the places of those that somebody asked to cancel, and that have not ended yet."""
    if amendment is None or not state.ending:
        return sorted(state.ending)
    plan = amendment.plan
    return [j for j, i in enumerate(plan.origin) if i in state.ending and not plan.anew[j]]


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


def compact(
    path: Path,
    state: StudyState,
    sequence: int,
    time: int,
    amendment: Amendment | None = None,
) -> tuple[int, int]:
    """Replace a journal by a compact one; or by that of an amended study.

    Args:
        path: of the journal.
        state: what it says.
        sequence: number of its next frame.
        time: ms since 1970.
        amendment: that takes effect with it; None: the graph stays.

    Returns:
        The new file's size in bytes, and the number of its next frame.

    Raises:
        OSError: it could not be written; the old one stands.
    """
    size, graph = len(state), state.amendment
    if amendment is not None:
        size, graph = len(amendment.plan.origin), amendment.record["amendment"]
    content = bytearray(journal_header(state.study_id, size, sequence, graph))
    for record in summary(state, time, amendment):
        content += encode(sequence, record)
        sequence += 1
    replace_file(path, bytes(content), mode=OWN_MODE)
    return len(content), sequence
