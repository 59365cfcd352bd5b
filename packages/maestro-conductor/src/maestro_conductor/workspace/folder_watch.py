"""Notice that the folder of a study was deleted, or moved, while it runs. Looks at the disk."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import attrs

from maestro_conductor.errors import WorkspaceError
from maestro_conductor.workspace.file_lock import is_at
from maestro_conductor.workspace.paths import PRIVATE

__all__ = ["Departure", "FolderWatch"]


@attrs.frozen
class Departure:
    """What became of a study's folder.

    Attributes:
        place: where it is now; None: it was deleted.
    """

    place: Path | None


class FolderWatch:
    """Holds the folder of a study open, and compares it with the one at its path.

    Args:
        root: the workspace.

    Raises:
        WorkspaceError: it is not there.
    """

    def __init__(self, root: Path) -> None:
        self._path = root / PRIVATE
        try:
            self._descriptor = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise WorkspaceError(f"{self._path} cannot be opened: {error.strerror}") from error

    def look(self) -> Departure | None:
        """Return what became of the folder; None: it is in its place, as far as can be told."""
        return None if is_at(self._path, self._descriptor) else Departure(self._place())

    def _place(self) -> Path | None:
        with contextlib.suppress(OSError):
            place = Path(f"/proc/self/fd/{self._descriptor}").readlink()
            if os.path.samestat(place.stat(), os.fstat(self._descriptor)):
                return place.parent
        return None

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._descriptor)
