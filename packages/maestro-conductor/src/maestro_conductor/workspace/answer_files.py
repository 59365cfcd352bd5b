"""Write answers to requests: what became of each, for whoever made it.

What they look like: "Requests" on the workspace format page.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

import attrs

from maestro_conductor.model.records import RequestRecord
from maestro_conductor.workspace.atomic_write import OWN_MODE, replace_file
from maestro_conductor.workspace.inside import stay_inside
from maestro_conductor.workspace.paths import ANSWERS

__all__ = ["AnswerFiles"]

#: Answers that are kept: the newest.
_MOST = 200


@attrs.define
class AnswerFiles:
    """The answers of a workspace. Only the holder of its lock may have this.

    Attributes:
        root: the workspace.
    """

    root: Path
    #: Those that are there, the oldest first.
    _names: dict[str, None] | None = None

    def write(self, name: str, record: RequestRecord) -> None:
        """Answer the request that had this name; the oldest answers are deleted.

        Raises:
            OSError: it could not be written, or the folder is a link out of the workspace.
        """
        folder = self.root / ANSWERS
        stay_inside(self.root, ANSWERS)
        if self._names is None:
            with contextlib.suppress(FileExistsError):
                folder.mkdir()
            self._names = dict.fromkeys(_found(folder))
        content = {
            "format": "maestro-answer",
            "version": [1, 1],
            **{key: value for key, value in record.items() if key in _KEYS},
        }
        # Flushed to disk is what it tells of; without it, whoever asked is told again.
        replace_file(folder / name, json.dumps(content).encode(), mode=OWN_MODE, sync=False)
        self._names.pop(name, None)
        self._names[name] = None
        while len(self._names) > _MOST:
            oldest = next(iter(self._names))
            del self._names[oldest]
            with contextlib.suppress(OSError):
                (folder / oldest).unlink()


_KEYS = frozenset({"request", "accepted", "message", "instances", "by", "time"})


def _found(folder: Path) -> list[str]:
    """Return the names of the answers in a folder, the oldest first."""
    found: list[tuple[int, str]] = []
    for entry in os.scandir(folder):
        if not entry.name.startswith("."):
            with contextlib.suppress(OSError):
                found.append((entry.stat(follow_symlinks=False).st_mtime_ns, entry.name))
    return [name for _, name in sorted(found)]
