"""Read what was asked of a study and what its conductors did, from the journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from attrs import frozen

if TYPE_CHECKING:
    from maestro_conductor.model.records import Record

__all__ = ["Event", "read_history"]

#: Kinds of records that are events of a study, not of an instance.
_KINDS = frozenset({"request", "opened", "amended", "ended", "closed"})


@frozen
class Event:
    """Something that happened to a study as a whole.

    Attributes:
        time: ms since 1970.
        kind: That of its record: ``request``, ``opened``, ``amended``, ``ended``, ``closed``.
        record: All of it; its fields are those of the workspace format page.
    """

    time: int
    kind: str
    record: Mapping[str, object]


def read_history(root: Path) -> list[Event]:
    """Return the events of a study that its journal still has, the oldest first.

    Raises:
        maestro_conductor.errors.ConductorError: The journal is damaged or too new.
    """
    from maestro_conductor.journal.reader import JournalReader
    from maestro_conductor.workspace.paths import JOURNAL

    with JournalReader(root / JOURNAL) as reader:
        return list(_events(reader.read()))


def _events(records: Iterable[Record]) -> Iterator[Event]:
    for record in records:
        kind = record["kind"]
        if kind in _KINDS and record.get("reason") != "ended":  # `ended` itself tells that
            yield Event(record["time"], kind, cast("Mapping[str, object]", record))
