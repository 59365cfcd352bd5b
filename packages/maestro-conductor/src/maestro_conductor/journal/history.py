"""Return the history of one instance, by its journal: for messages about mistakes."""

from __future__ import annotations

from pathlib import Path

from maestro_conductor.errors import WorkspaceError
from maestro_conductor.journal.reader import JournalReader

__all__ = ["history_of"]

#: Lines, at most: the latest.
_LONGEST = 50


def history_of(path: Path, instance: int) -> list[str]:
    """Return what the records of a journal say of an instance, a line each."""
    found: list[str] = []
    try:
        with JournalReader(path) as reader:
            for record in reader.read():
                if record["kind"] == "snapshot":
                    continue
                rows = record.get("jobs") or record.get("steps")
                for row in rows if isinstance(rows, list) else ():
                    about = row[0] if isinstance(row, list) else row
                    if about == instance:
                        found.append(f"{record['time']} {record['kind']} {row}")
    except WorkspaceError as error:
        found.append(str(error))
    return found[-_LONGEST:]
