"""Find the studies below a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from maestro_cli.study.folders import GRAPH

__all__ = ["find_studies"]


def find_studies(folder: Path, *, depth: int) -> Iterator[Path]:
    """Yield the studies in a folder and below it; no link is followed, no study is looked into.

    Args:
        folder: Where to look.
        depth: How many folders deep.
    """
    if (folder / GRAPH).is_file():
        yield folder
        return
    level = [str(folder)]
    for _ in range(depth):
        below: list[str] = []
        for each in level:
            for path in sorted(_folders(each)):
                if os.path.lexists(f"{path}/{GRAPH}"):
                    yield Path(path)
                else:
                    below.append(path)
        level = below


def _folders(path: str) -> list[str]:
    """Return the folders in a folder, hidden ones apart; none where it may not be read."""
    try:
        with os.scandir(path) as entries:
            return [
                entry.path
                for entry in entries
                if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)
            ]
    except OSError:
        return []
