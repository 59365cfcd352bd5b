"""Turn arguments of the command line into study folders, and tell what kind each folder is."""

from __future__ import annotations

import enum
import errno
import glob
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from maestro_cli.errors import NotAStudyError, StudyError, UpstreamStudyError, UsageError
from maestro_cli.ui.sanitize import shell_word

#: The folder of a workspace that is not for people.
PRIVATE = ".maestro"
#: The file that makes a folder a workspace.
GRAPH = ".maestro/graph.msgpack"
JOURNAL = ".maestro/journal.msgpack"


class Kind(enum.Enum):
    """What a path is to maestro."""

    ABSENT = "absent"
    FILE = "file"
    EMPTY = "empty"
    WORKSPACE = "workspace"
    #: A workspace of maestrowf 1.x.
    UPSTREAM = "upstream"
    OTHER = "other"


def kind_of(path: Path) -> Kind:
    """Look at a path, and return its kind.

    Raises:
        StudyError: It may not be looked into.
    """
    with _permitted(path):
        if not path.is_dir():
            return Kind.FILE if os.path.lexists(path) else Kind.ABSENT
        if _is_file(path / GRAPH):
            return Kind.WORKSPACE
        with os.scandir(path) as entries:
            names = {entry.name for entry in entries}
    if not names:
        return Kind.EMPTY
    marks = ".status.lock" in names or any(name.endswith(".pkl") for name in names)
    if marks and "batch.info" in names and ".maestro" not in names:
        return Kind.UPSTREAM
    return Kind.OTHER


@contextmanager
def _permitted(path: Path) -> Iterator[None]:
    """Turn a refusal to look into a folder into a message that names its owner."""
    try:
        yield
    except PermissionError as error:
        from maestro_cli.study.group_access import ask_owner

        raise StudyError(f"you may not read {error.filename}", hint=ask_owner(path)) from error


def _is_file(path: Path) -> bool:
    """Return whether a path is a file; `Path.is_file` hides from Python 3.14 on that one may not look.

    Raises:
        PermissionError: One may not.
    """
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except PermissionError:
        raise
    except OSError:
        return False


def absolute(path: str | os.PathLike[str]) -> Path:
    """Make a path absolute and take ``..`` out; keep symbolic links as the user wrote them."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the links


def expand(arguments: Iterable[str]) -> list[Path]:
    """Return absolute paths, each once; expand patterns that no shell has expanded.

    A pattern gives the studies among its matches, or all its matches where none is a study.
    A path that names a file of a workspace's own folder (``OUT/status.csv``) stays as it is.
    """
    found: dict[Path, None] = {}
    for argument in arguments:
        path = absolute(argument)
        if not os.path.lexists(path) and glob.has_magic(argument):
            matches = [absolute(match) for match in sorted(glob.glob(argument))]  # noqa: PTH207
            studies = [match for match in matches if (match / GRAPH).is_file()]
            found.update(dict.fromkeys(studies or matches or [path]))
        else:
            found[path] = None
    return list(found)


def here() -> Path:
    """Return the study in whose folder, or below it, the command is called.

    Raises:
        UsageError: There is none.
    """
    folder = absolute(".")
    for each in (folder, *folder.parents):
        if (each / GRAPH).is_file():
            return each
    raise UsageError(
        f"no DIR is given, and {folder} is in no study's folder", hint="name the study's folder"
    )


def expand_one(argument: str) -> Path:
    """Return one absolute path, for a command that works on one study.

    Raises:
        UsageError: A pattern means several.
    """
    found = expand([argument])
    if len(found) > 1:
        raise UsageError(
            f"{argument} means {len(found)} folders, and this works on one",
            hint=f"name one of them: {', '.join(map(shell_word, found[:5]))}",
        )
    return found[0]


def require_study(path: Path, *, verb: str) -> Path:
    """Make sure that a folder is a workspace of ours.

    Args:
        path: The folder.
        verb: What the command does to it, for the message: ``"cancel"``.

    Raises:
        StudyError: It is not; the message says what it is instead.
    """
    kind = kind_of(path)
    if kind is Kind.WORKSPACE:
        _refuse_link_out(path)
        with _permitted(path):
            for name in (GRAPH, JOURNAL):
                if _is_file(path / name):
                    (path / name).open("rb").close()
        return path
    if kind is Kind.UPSTREAM:
        raise UpstreamStudyError(
            f"{path} is a study of maestrowf 1.x: this maestro cannot {verb} it",
            hint=f"use the maestro of maestrowf for it (maestro {verb} {shell_word(path)})",
        )
    if kind in (Kind.ABSENT, Kind.EMPTY):
        what = "does not exist" if kind is Kind.ABSENT else "is empty"
        if old := aside(path):
            hint = (
                "the study that stood there was being replaced by a `maestro run` that died, "
                f"and is whole. To have it back: mv -T {shell_word(old[-1])} {shell_word(path)}"
            )
            raise NotAStudyError(f"{path} {what}", hint=hint)
    if kind is Kind.ABSENT:
        raise NotAStudyError(f"{path} does not exist", hint="give the folder of a study")
    if kind is Kind.FILE:
        raise NotAStudyError(f"{path} is a file", hint="give the folder of a study")
    if what := _instead(path / GRAPH):
        raise StudyError(
            f"{path / GRAPH} cannot be read: {what}",
            hint="somebody put it there; a study cannot be read without its graph",
        )
    near = _studies_near(path)
    hint = "a study's folder holds .maestro/graph.msgpack"
    if near:
        hint = "did you mean " + " or ".join(str(study) for study in near) + "?"
    raise NotAStudyError(f"{path} is not a study", hint=hint)


def _refuse_link_out(path: Path) -> None:
    """Refuse a study whose own folder is somewhere else, perhaps somebody else's."""
    from maestro_conductor.workspace.inside import stay_inside

    try:
        stay_inside(path, PRIVATE)
    except OSError as error:
        raise StudyError(
            f"{error.filename} is not read: {error.strerror}",
            hint="a study is whole in its folder: name the folder that it was moved to",
        ) from error


def _instead(path: Path) -> str:
    """Return what stands in the place of a file: ``it is a named pipe, not a file``; empty: nothing."""
    from maestro_conductor.workspace.regular_files import open_regular

    try:
        os.close(open_regular(path))
    except OSError as error:
        return error.strerror or "" if error.errno == errno.EINVAL else ""
    return ""


def _studies_near(path: Path) -> list[Path]:
    """Find at most three studies just below or above a folder."""
    above = [parent for parent in path.parents if (parent / GRAPH).is_file()][:1]
    if above:
        return above
    try:
        with os.scandir(path) as entries:
            below = sorted(Path(entry.path) for entry in entries if entry.is_dir())[:200]
    except OSError as error:
        raise StudyError(f"{path}: {error.strerror}") from error
    return [folder for folder in below if (folder / GRAPH).is_file()][-3:]


def aside(root: Path) -> list[Path]:
    """Return the studies that were moved aside here, the latest last, unless a process holds them."""
    ours = re.compile(rf"\.{re.escape(stem(root.name))}\.[0-9a-f]{{8}}\.old")
    try:
        with os.scandir(root.parent) as entries:
            found = [Path(entry.path) for entry in entries if ours.fullmatch(entry.name)]
        found = [folder for folder in found if kind_of(folder) is Kind.WORKSPACE]
        found.sort(key=lambda folder: folder.stat().st_ctime_ns)
    except (OSError, StudyError):
        return []
    return [folder for folder in found if _is_free(folder)]


def _is_free(folder: Path) -> bool:
    from maestro_conductor.errors import ConductorError
    from maestro_conductor.workspace import conductor_lock

    try:
        os.close(conductor_lock.keep_off(folder))
    except ConductorError:
        return False
    return True


def stem(name: str) -> str:
    """Return the beginning of hidden names beside a study's folder."""
    # A file name has 255 bytes at most.
    return os.fsdecode(os.fsencode(name)[:200])
