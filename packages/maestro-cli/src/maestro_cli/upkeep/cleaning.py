"""Find what of a study can be deleted, and delete it; records stay. Follows no link."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path

from attrs import Factory, define, frozen

from maestro_cli.errors import StudyError
from maestro_cli.study.workspace_view import StudyView
from maestro_cli.upkeep.parts import Part, Parts, parts_of
from maestro_cli.upkeep.quiet import moment, refuse_running
from maestro_cli.upkeep.tree import walk

__all__ = ["Group", "Plan", "Wishes", "delete", "plan"]

_ATTEMPT = re.compile(r"\.attempt\.\d+")
_CORE = re.compile(r"core(\.\d+)?")
#: Bytes of a block in `st_blocks`.
_BLOCK = 512
_GONE, _CORES, _LOGS = "folders of instances that the study no longer has", "core dumps", "logs"


@frozen
class Wishes:
    """What is to go.

    Attributes:
        scratch: Core dumps, and what instances left that an amendment took out of the study.
        logs: What steps printed.
        instances: Indices of those that are meant; None: all.
        whole: All of these instances that is no record.
    """

    scratch: bool = False
    logs: bool = False
    instances: Collection[int] | None = None
    whole: bool = False


@define
class Group:
    """Files that go for one reason.

    Attributes:
        files: Their paths, relative to the study's folder.
        size: What they take up on the disk, in bytes.
    """

    files: list[str] = Factory(list)
    size: int = 0


@define
class Plan:
    """What would go.

    Attributes:
        groups: What it is → its files.
        folders: That may be empty then.
        unreadable: Folders that the user may not look into.
    """

    groups: dict[str, Group] = Factory(dict)
    folders: set[str] = Factory(set)
    unreadable: list[str] = Factory(list)

    @property
    def files(self) -> int:
        """How many files go."""
        return sum(len(group.files) for group in self.groups.values())

    @property
    def size(self) -> int:
        """What they take up on the disk, in bytes."""
        return sum(group.size for group in self.groups.values())


def plan(study: StudyView, wishes: Wishes) -> Plan:
    """Look for what would go; delete nothing.

    Raises:
        StudyError: The study runs.
        OSError: Something cannot be looked at.
    """
    refuse_running(study, why="what its steps still need might be deleted", hint="")
    graph = study.graph
    chosen = range(len(graph)) if wishes.instances is None else wishes.instances
    steps = {graph.workspaces[i]: graph.steps[graph.step_of[i]].name for i in chosen}
    parts = parts_of(study)
    told = Plan()
    gone = _gone(study.root, parts) if wishes.scratch else set()

    def reason(path: str) -> str | None:
        return _reason(path, parts, steps, gone, wishes)

    for found in walk(study.root, lambda _: True, told.unreadable.append):
        if found.is_folder:
            continue
        why = reason(found.path)
        if why is None:
            continue
        group = told.groups.setdefault(why, Group())
        group.files.append(found.path)
        status = found.status
        if not (stat.S_ISREG(status.st_mode) and status.st_nlink > 1):
            group.size += status.st_blocks * _BLOCK
        told.folders.add(found.path.rpartition("/")[0])
    return told


def _reason(
    path: str,
    parts: Parts,
    steps: dict[str, str],
    gone: Collection[str],
    wishes: Wishes,
) -> str | None:
    """Return why a file goes; None: it stays."""
    owner, name = _owner(path, lambda folder: folder in parts.stems or folder in gone), Path(path)
    if owner is None or parts.of(path) is Part.RECORD or _ATTEMPT.fullmatch(name.name):
        return None
    if owner in gone:
        return _GONE
    if owner not in steps:
        return None
    if wishes.whole:
        return f"step {steps[owner]}"
    if wishes.logs and parts.of(path) is Part.LOG:
        return _LOGS
    return _CORES if wishes.scratch and _CORE.fullmatch(name.name) else None


def _owner(path: str, known: Callable[[str], bool]) -> str | None:
    """Return the folder of the instance that a file is in, the innermost; None: it is in none."""
    folder = path.rpartition("/")[0]
    while folder:
        if known(folder):
            return folder
        folder = folder.rpartition("/")[0]
    return None


def _gone(root: Path, parts: Parts) -> set[str]:
    """Return the folders in which an instance ran that the study does not have."""
    found = (each.path for each in walk(root, lambda path: ".attempt." in path, lambda _: None))
    folders = {path.rpartition("/")[0] for path in found if _ATTEMPT.fullmatch(Path(path).name)}
    return {folder for folder in folders if folder not in parts.stems and folder}


def delete(study: StudyView, planned: Plan, seen: object) -> Sequence[tuple[str, str]]:
    """Delete what was planned, while no conductor can start.

    Args:
        study: The study.
        planned: As `plan` said.
        seen: The `moment` before that.

    Returns:
        What could not be deleted, and why.

    Raises:
        StudyError: It was started or amended meanwhile.
        maestro_conductor.errors.ConductorError: A conductor has just taken it.
    """
    from maestro_conductor.workspace import conductor_lock

    root = study.root
    lock = conductor_lock.keep_off(root)
    try:
        if moment(root) != seen:
            raise StudyError(f"{root} was run or amended meanwhile", hint="ask again")
        refused = []
        for group in planned.groups.values():
            for path in group.files:
                why = _unlink(root, path)
                if why is not None:
                    refused.append((path, why))
        _remove_empty(root, planned.folders, set(study.graph.workspaces))
        return refused
    finally:
        os.close(lock)


def _unlink(root: Path, path: str) -> str | None:
    from maestro_conductor.workspace.inside import stay_inside

    try:
        stay_inside(root, path.rpartition("/")[0])
        (root / path).unlink(missing_ok=True)
    except OSError as error:
        return str(error.strerror)
    return None


def _remove_empty(root: Path, folders: Collection[str], kept: Collection[str]) -> None:
    """Remove folders below those of instances that hold nothing any more."""
    for folder in sorted(folders, key=lambda path: -path.count("/")):
        place = folder
        while place and place not in kept:
            with suppress(OSError):
                (root / place).rmdir()
            if (root / place).exists():
                break
            place = place.rpartition("/")[0]
