"""Pack a study into one file, which is there whole or not at all. Writes beside it first."""

from __future__ import annotations

import fcntl
import fnmatch
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from attrs import frozen

from maestro_cli.errors import StudyError
from maestro_cli.study.workspace_view import StudyView
from maestro_cli.upkeep.compression import compressed, ending_of
from maestro_cli.upkeep.parts import Part, Parts, parts_of
from maestro_cli.upkeep.quiet import moment, refuse_running
from maestro_cli.upkeep.tar_stream import TarStream
from maestro_cli.upkeep.tree import Survey, survey, walk

if TYPE_CHECKING:
    from maestro_cli.upkeep.tree import Found

__all__ = ["Archived", "Wishes", "archive", "selection"]

#: Names that a message lists.
_NAMED = 3


@frozen
class Wishes:
    """What is packed.

    Attributes:
        logs: With what steps and conductor printed.
        only: Patterns; of what is no record only what fits one of them. Empty: all.
        environment: With ``meta/environment.yaml``.
        running: Also while it runs.
    """

    logs: bool = True
    only: Sequence[str] = ()
    environment: bool = False
    running: bool = False


@frozen
class Archived:
    """What came of it.

    Attributes:
        file: The archive.
        size: Its bytes.
        survey: What was packed, and what could not be.
        outside: Links whose targets are not in the study.
        shrunk: Files that became shorter while they were read.
    """

    file: Path
    size: int
    survey: Survey
    outside: Sequence[str]
    shrunk: Sequence[str]


def selection(parts: Parts, wishes: Wishes) -> Callable[[str], bool]:
    """Return what tells whether a file is packed."""

    def wanted(path: str) -> bool:
        part = parts.of(path)
        if part is Part.RECORD:
            return True
        if part is Part.LOCAL or part is Part.ENVIRONMENT:
            return part is Part.ENVIRONMENT and wishes.environment
        if part is Part.LOG and not wishes.logs:
            return False
        return not wishes.only or any(_fits(path, pattern) for pattern in wishes.only)

    return wanted


def _fits(path: str, pattern: str) -> bool:
    if "/" not in pattern:
        path = path.rpartition("/")[2]
    return fnmatch.fnmatchcase(path, pattern)


def archive(study: StudyView, file: Path, wishes: Wishes) -> Archived:
    """Pack a study.

    Raises:
        StudyError: It runs, may not be read, or was started meanwhile; or the file cannot be.
        OSError: Something cannot be read or written.
    """
    _refuse_place(study.root, file)
    if not wishes.running:
        refuse_running(
            study,
            why="where the archive is unpacked, its jobs would run again",
            hint="; or add --running",
        )
    wanted = selection(parts_of(study), wishes)
    told = survey(study.root, wanted)
    if told.unreadable:
        raise StudyError(
            f"{len(told.unreadable)} of the files of {study.root} may not be read, and nothing was"
            f" packed: {_some(told.unreadable)}",
            hint="ask their owner, or leave them out: --only GLOB packs what fits, and the records",
        )
    before = moment(study.root)
    with _written(file) as output:
        with compressed(output, ending_of(file.name)) as stream:
            tar = TarStream(stream, study.root, study.root.name)
            for found in walk(study.root, wanted, _refuse):
                if found.special is None:
                    _add(tar, found)
            tar.close()
        after = moment(study.root)
        amended = after.amendment != before.amendment
        if amended or (after != before and not wishes.running):
            done = "amended" if amended else "started"
            raise StudyError(
                f"{study.root} was {done} while it was packed, and the archive is not kept",
                hint="ask again",
            )
    return Archived(file, file.stat().st_size, told, tar.outside, tar.shrunk)


def _add(tar: TarStream, found: Found) -> None:
    try:
        tar.add(found)
    except PermissionError as error:
        raise StudyError(
            f"{error.filename} may not be read, and the archive is not kept"
        ) from error


def _refuse(path: str) -> None:
    raise StudyError(f"{path} may not be read, and the archive is not kept")


def _refuse_place(root: Path, file: Path) -> None:
    if file.is_relative_to(root) or Path(os.path.realpath(file)).is_relative_to(
        os.path.realpath(root)
    ):
        raise StudyError(
            f"{file} is in the study that is packed", hint="give a place outside it: -o FILE"
        )
    if os.path.lexists(file):
        raise StudyError(
            f"{file} is there already, and stays as it is", hint="give another name: -o FILE"
        )
    if not file.parent.is_dir():
        raise StudyError(f"there is no folder {file.parent}", hint="make it first")


@contextmanager
def _written(file: Path) -> Iterator[BinaryIO]:
    """Open a file beside the one that is wanted; give it that name when all is on the disk.

    It is locked, so that what a killed process left is known for that, and removed.
    """
    _remove_leftovers(file)
    path = file.with_name(f".{_stem(file)}.{os.urandom(4).hex()}.tmp")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as output:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield output
            output.flush()
            os.fsync(descriptor)
            if os.path.lexists(file):
                raise StudyError(f"somebody else has just made {file}", hint="give another name")
            path.rename(file)
        folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        if error.filename is None:  # of an open file the system says no name
            error.filename = str(file)
        raise
    finally:
        path.unlink(missing_ok=True)


def _stem(file: Path) -> str:
    # A file name has 255 bytes at most.
    return os.fsdecode(os.fsencode(file.name)[:200])


def _remove_leftovers(file: Path) -> None:
    ours = re.compile(rf"\.{re.escape(_stem(file))}\.[0-9a-f]{{8}}\.tmp")
    with suppress(OSError), os.scandir(file.parent) as entries:
        for entry in entries:
            if not ours.fullmatch(entry.name) or not entry.is_file(follow_symlinks=False):
                continue
            with suppress(OSError), open(entry.path, "rb") as left:  # noqa: PTH123 - as scanned
                fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
                Path(entry.path).unlink()


def _some(names: Sequence[str]) -> str:
    from maestro_cli.ui.sanitize import clean

    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(clean(name) for name in names[:_NAMED]) + more
