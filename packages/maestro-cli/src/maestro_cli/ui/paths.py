"""Show paths as people would type them."""

from __future__ import annotations

import os

__all__ = ["shorter"]


def shorter(path: str | os.PathLike[str]) -> str:
    """Return a path relative to the current folder where that is shorter, else as it is."""
    text = os.fspath(path)
    try:
        relative = os.path.relpath(text)
    except (OSError, ValueError):  # the current folder is gone
        return text
    return relative if len(relative) < len(text) else text
