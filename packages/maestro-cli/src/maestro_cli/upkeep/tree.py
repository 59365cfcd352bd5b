"""Walk through a study's folder: files, folders and links, and what cannot be packed. Follows no link."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import Factory, define, frozen

__all__ = ["Found", "Survey", "survey", "walk"]

_SPECIAL = {
    stat.S_IFIFO: "named pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}


@frozen
class Found:
    """Something in the folder.

    Attributes:
        path: relative to the folder.
        status: its own, not that of what a link names.
    """

    path: str
    status: os.stat_result

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return stat.S_ISDIR(self.status.st_mode)

    @property
    def special(self) -> str | None:
        """What it is, if neither file, folder nor link."""
        return _SPECIAL.get(stat.S_IFMT(self.status.st_mode))


def walk(
    root: Path,
    wanted: Callable[[str], bool],
    refused: Callable[[str], None],
) -> Iterator[Found]:
    """Yield what is in a folder: a folder before what is in it, ``.maestro`` before all else.

    Args:
        root: the folder.
        wanted: whether a path that is no folder is looked at.
        refused: takes the path of a folder that may not be looked into.

    Raises:
        OSError: something cannot be read for another reason than its permissions.
    """
    pending = [""]
    while pending:
        place = pending.pop()
        try:
            with os.scandir(root / place) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except PermissionError:
            refused(place)
            continue
        except FileNotFoundError:  # gone meanwhile, as what a running step tidies up
            continue
        folders = []
        for entry in found:
            path = f"{place}/{entry.name}" if place else entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if not is_folder and not wanted(path):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if is_folder:
                folders.append(path)
            yield Found(path, status)
        # A journal that is read before the steps' files knows no more than they tell.
        folders.sort(key=lambda path: (path != ".maestro", path), reverse=True)
        pending += folders


@define
class Survey:
    """What a walk would find.

    Attributes:
        files: how many files and links.
        size: of the files, in bytes.
        special: kind → paths: what is neither file, folder nor link.
        unreadable: what the user may not read.
    """

    files: int = 0
    size: int = 0
    special: dict[str, list[str]] = Factory(dict)
    unreadable: list[str] = Factory(list)


def survey(root: Path, wanted: Callable[[str], bool]) -> Survey:
    """Look at everything once, before anything is written.

    Raises:
        OSError: as of `walk`.
    """
    told = Survey()
    for found in walk(root, wanted, told.unreadable.append):
        mode = found.status.st_mode
        if found.special is not None:
            told.special.setdefault(found.special, []).append(found.path)
        elif stat.S_ISREG(mode):
            told.files += 1
            told.size += found.status.st_size
            if not os.access(root / found.path, os.R_OK):
                told.unreadable.append(found.path)
        elif stat.S_ISLNK(mode):
            told.files += 1
    return told
