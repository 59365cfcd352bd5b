"""Delete temporary files that a writer which was killed left in a workspace."""

from __future__ import annotations

import contextlib
import os
import re
import time
from pathlib import Path

from maestro_conductor.workspace.inside import stay_inside
from maestro_conductor.workspace.paths import ANSWERS, EARLIER_STUDY_FILES, REQUESTS

__all__ = ["sweep"]

#: Only the holder of the workspace's lock writes these, and so those of others are nobody's.
_OURS = re.compile(r"\.(journal\.msgpack|conductor\.msgpack|status\.csv)\.\w+\.tmp")
#: Somebody may be writing these just now: `maestro`, or whoever makes a request.
_OTHERS = re.compile(
    r"\.((graph|spec|parameters|run)\.msgpack|study\.update\.lock|[a-z]+-.*\.json)\.\w+\.tmp"
)
#: s after which nobody is writing them any more.
_LONG = 3600.0


def sweep(root: Path) -> None:
    """Delete them; only the holder of the workspace's lock may."""
    now = time.time()
    for folder in (root, root / ".maestro", root / REQUESTS):
        with contextlib.suppress(OSError):
            stay_inside(root, str(folder.relative_to(root)))
            for entry in os.scandir(folder):
                if _OURS.fullmatch(entry.name) or (
                    _OTHERS.fullmatch(entry.name)
                    and now - entry.stat(follow_symlinks=False).st_mtime > _LONG
                ):
                    Path(entry.path).unlink()
    for name in (ANSWERS, EARLIER_STUDY_FILES):
        with contextlib.suppress(OSError):
            stay_inside(root, name)
            for entry in os.scandir(root / name):
                if entry.name.startswith(".") and entry.name.endswith(".tmp"):
                    Path(entry.path).unlink()
