"""Keep the files of amendments: staged folders, and what becomes of them. Works on the disk."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from maestro_conductor.workspace.atomic_write import OWN_MODE, replace_file
from maestro_conductor.workspace.paths import (
    AMENDMENTS,
    CLAIMED,
    EARLIER_STUDY_FILES,
    GRAPH,
    REQUESTS,
)
from maestro_conductor.workspace.regular_files import read_regular

__all__ = [
    "IS_ID",
    "highest_attempts",
    "keep_study_file",
    "move_in",
    "staged_folder",
    "sweep_amendments",
    "waiting_amendments",
]

IS_ID = re.compile("[0-9a-f]{12}", re.ASCII).fullmatch
_ATTEMPT = re.compile(r"\.attempt\.(\d{1,9})", re.ASCII).fullmatch

#: The study file, byte by byte as it was expanded; older studies have only the copy beside it.
_IN_FORCE = ".maestro/study.yaml"
#: s after which nobody asks for an amendment any more.
_LONG = 86400.0


def staged_folder(root: Path, amendment: str) -> Path:
    """Return where an amendment was put together."""
    return root / AMENDMENTS / amendment


def keep_study_file(root: Path, number: int, study_file: object) -> None:
    """Keep a copy of the study file that is in force, in ``meta/amendments``.

    Args:
        root: the workspace.
        number: of the amendment that takes its place, from 1.
        study_file: name of the copy that people see; used where there is no other.

    Raises:
        OSError: it cannot be written.
    """
    for name in (_IN_FORCE, study_file):
        if not isinstance(name, str):
            continue
        with contextlib.suppress(FileNotFoundError):
            content = read_regular(root / name)
            (root / EARLIER_STUDY_FILES).mkdir(parents=True, exist_ok=True)
            replace_file(root / EARLIER_STUDY_FILES / f"{number}.yaml", content, mode=OWN_MODE)
            return


def move_in(root: Path, amendment: str) -> None:
    """Move the files of an amendment that is in force to their places, as far as that was not done.

    Args:
        root: the workspace; its lock is held.
        amendment: its id.

    Raises:
        OSError: a file cannot be moved; what was moved stays so, and the rest can be tried again.
    """
    folder = staged_folder(root, amendment)
    with contextlib.suppress(FileNotFoundError):
        (folder / GRAPH).rename(root / GRAPH)
    with contextlib.suppress(FileNotFoundError):
        _merge(folder, root)
        shutil.rmtree(folder)


def _merge(source: Path, target: Path) -> None:
    """Move what a folder holds into another one, file by file where both have a folder."""
    for entry in sorted(os.scandir(source), key=lambda each: each.name):
        place = target / entry.name
        if not entry.is_dir(follow_symlinks=False):
            if not place.is_dir() or place.is_symlink():
                Path(entry.path).rename(place)
        elif not os.path.lexists(place):
            Path(entry.path).rename(place)
        elif place.is_dir() and not os.path.lexists(place / ".git"):
            _merge(Path(entry.path), place)


def highest_attempts(root: Path, workspaces: Iterable[tuple[int, str]]) -> dict[int, int]:
    """Return for each instance the highest attempt that its folder knows of; those without are left out.

    Args:
        root: the workspace.
        workspaces: instances with their folders, relative to the root.
    """
    found: dict[int, int] = {}
    for instance, workspace in workspaces:
        with contextlib.suppress(OSError):
            names = [_ATTEMPT(name) for name in os.listdir(f"{root}/{workspace}")]  # noqa: PTH208
            numbers = [int(name[1]) for name in names if name is not None]
            if numbers:
                found[instance] = max(numbers)
    return found


def sweep_amendments(root: Path) -> None:
    """Delete what was put together a day ago and no request names; only the lock's holder may."""
    oldest = time.time() - _LONG
    with contextlib.suppress(FileNotFoundError):
        old = [
            Path(entry.path)
            for entry in os.scandir(root / AMENDMENTS)
            if entry.is_dir(follow_symlinks=False)
            and entry.stat(follow_symlinks=False).st_mtime < oldest
        ]
        asked_for = _requested(root) if old else ""
        for folder in old:
            if folder.name not in asked_for:
                shutil.rmtree(folder, ignore_errors=True)


def waiting_amendments(root: Path) -> list[str]:
    """Return the ids of the amendments that were put together and that a request which waits names."""
    asked_for = _requested(root)
    try:
        names = os.listdir(root / AMENDMENTS)  # noqa: PTH208
    except OSError:
        return []
    return sorted(name for name in names if IS_ID(name) and name in asked_for)


def _requested(root: Path) -> str:
    """Return the text of all requests that wait."""
    texts = []
    for folder in (REQUESTS, CLAIMED):
        with contextlib.suppress(OSError):
            for path in (root / folder).iterdir():
                if path.suffix == ".bad" or path.name.startswith("."):
                    continue  # refused, or not whole yet
                with contextlib.suppress(OSError):
                    texts.append(read_regular(path).decode("utf-8", "replace"))
    return "\n".join(texts)
