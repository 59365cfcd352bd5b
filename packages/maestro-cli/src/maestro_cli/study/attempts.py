"""Read when the attempts of instances were made, the earlier ones too, from the journal.

What a view of a study holds is the first submission and the latest start and end of each instance.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define

from maestro_cli.study.instances import ENDED_STATES

if TYPE_CHECKING:
    from maestro_conductor.model.records import Record

__all__ = ["Attempt", "read_attempts"]

_ENDS = frozenset({"INCOMPLETE", *ENDED_STATES})


@define
class Attempt:
    """An attempt; times are ms since 1970, None where there is none.

    Attributes:
        number: 1 for the first of its instance.
        submitted: When it was made.
        started: When its command began, as far as is known.
        ended: When it ended.
        state: In which it ended; None: it has not.
    """

    number: int
    submitted: int
    started: int | None = None
    ended: int | None = None
    state: str | None = None


def read_attempts(root: Path, instances: Collection[int]) -> dict[int, list[Attempt]]:
    """Return the attempts of some instances that the journal still has, in their order.

    A journal that was compacted has only the latest one of before.

    Raises:
        maestro_conductor.errors.ConductorError: The journal is damaged or too new.
    """
    from maestro_conductor.journal.reader import JournalReader
    from maestro_conductor.workspace.paths import JOURNAL

    if not instances:
        return {}
    with JournalReader(root / JOURNAL) as reader:
        return _attempts(reader.read(), frozenset(instances))


def _attempts(records: Iterable[Record], wanted: frozenset[int]) -> dict[int, list[Attempt]]:
    found: dict[int, list[Attempt]] = {index: [] for index in wanted}
    for record in records:
        if record["kind"] == "intent":
            for index, number, *_ in record["jobs"]:
                # One that was withdrawn, or refused for now, is made again under its number.
                if index in wanted and _latest(found[index], number) is None:
                    found[index].append(Attempt(number, record["time"]))
        elif record["kind"] == "submitted":
            for index, number, _job, state, *_ in record["jobs"]:
                _note(_latest(found.get(index), number), state, record["time"])
        elif record["kind"] == "state":
            for index, number, state, at, *_ in record["steps"]:
                _note(_latest(found.get(index), number), state, at)
        elif record["kind"] == "snapshot":
            for index, row in enumerate(record["steps"], record["first"]):
                if index in wanted:
                    found[index] = _of_snapshot(row)
    return {index: made for index, made in found.items() if made}


def _latest(made: list[Attempt] | None, number: int) -> Attempt | None:
    """Return the latest attempt, if it has that number."""
    return made[-1] if made and made[-1].number == number else None


def _note(attempt: Attempt | None, state: str, at: int) -> None:
    """Note what a state says of when an attempt started or ended; most say nothing of it."""
    if attempt is None:
        return
    if state == "RUNNING" and attempt.started is None:
        attempt.started = at
    elif state in _ENDS:
        attempt.ended, attempt.state = at, state


def _of_snapshot(row: Sequence[Any]) -> list[Attempt]:
    """Return the attempt of a `SnapshotRow` of the format page, if there was one."""
    state, number, *rest = row
    if not number:
        return []
    submitted, started, ended = rest[8:11]
    # It has the first submission of all, which is this attempt's only if there was no other.
    made = submitted if number == 1 or started is None else started
    return [Attempt(number, made or 0, started, ended, state if state in _ENDS else None)]
