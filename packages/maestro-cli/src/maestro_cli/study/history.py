"""Read what was asked of a study and what its conductors did, from the journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from attrs import frozen

if TYPE_CHECKING:
    from maestro_conductor.model.records import Record

__all__ = ["Event", "Hold", "find_hold", "read_history"]

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


@frozen
class Hold:
    """Since when an instance is held, and by whom; None: the journal no longer says."""

    since: int | None = None
    by: str | None = None


def find_hold(root: Path, instance: int) -> Hold:
    """Return what the journal says of the hold of an instance that is held.

    A request and what it did have the same time. Of a hold that is older than a compaction of the
    journal, the request is known only where there was but one.

    Raises:
        maestro_conductor.errors.ConductorError: The journal is damaged or too new.
    """
    from maestro_conductor.journal.reader import JournalReader
    from maestro_conductor.workspace.paths import JOURNAL

    since: int | None = None
    asked: dict[int, str | None] = {}
    with JournalReader(root / JOURNAL) as reader:
        for record in reader.read():
            if record["kind"] == "held" and instance in record["steps"]:
                since = record["time"]
            elif record["kind"] == "released" and instance in record["steps"]:
                since = None
            elif record["kind"] == "request" and record["request"] == "hold" and record["accepted"]:
                asked[record["time"]] = record["by"]
    if since is None and len(asked) == 1:
        since = next(iter(asked))
    return Hold(since, asked.get(since or 0))
