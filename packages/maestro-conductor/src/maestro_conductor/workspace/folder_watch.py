"""Notice that the folder of a study was deleted, or moved, while it runs. Looks at the disk."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import attrs

from maestro_conductor.errors import WorkspaceError

__all__ = ["Departure", "FolderWatch"]

_FOLDER = ".maestro"


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
        self._path = root / _FOLDER
        try:
            self._descriptor = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise WorkspaceError(f"{self._path} cannot be opened: {error.strerror}") from error
        self._identity = os.fstat(self._descriptor)

    def look(self) -> Departure | None:
        """Return what became of the folder; None: it is in its place, as far as can be told."""
        try:
            if os.path.samestat(os.stat(self._path), self._identity):  # noqa: PTH116 - beside fstat
                return None
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError:  # a file server that is gone for a moment
            return None
        return Departure(self._place())

    def _place(self) -> Path | None:
        with contextlib.suppress(OSError):
            place = Path(f"/proc/self/fd/{self._descriptor}").readlink()
            if os.path.samestat(place.stat(), self._identity):
                return place.parent
        return None

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._descriptor)
