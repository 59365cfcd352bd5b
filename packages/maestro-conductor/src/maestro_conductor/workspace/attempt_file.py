"""Read attempt files, which say what became of attempts, and make attempts void.

The format is "The attempt file" on the workspace format page.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from pathlib import Path

import attrs

from maestro_conductor.workspace.folders import make_folder
from maestro_conductor.workspace.inside import stay_inside
from maestro_conductor.workspace.regular_files import open_regular

__all__ = ["AttemptFile", "attempt_path", "parse_attempt", "read_attempt", "void_attempt"]

_VOID = b"void\n"

#: Bytes of the file that are read.
_MOST = 1 << 16

_NUMBER = re.compile(r"\d{1,18}", re.ASCII).fullmatch
_TIME = re.compile(r"\d{1,12}(\.\d{0,9})?", re.ASCII).fullmatch


@attrs.frozen
class AttemptFile:
    """What an attempt file says.

    Attributes:
        fate: ``absent``, ``void``, ``started`` or ``ended``.
        exit_code: of the script, where it ended.
        left: what it left in the background, ``name:pid,…``, and is waited for, or not any longer.
        started, ended: ms since 1970, where known.
        host, boot: where it runs or ran; None: not known.
        pid: of its driver, or of its script where a keeper started that; None: not known.
        keeper: process that will write the end; None: not known.
    """

    fate: str
    exit_code: int | None = None
    started: int | None = None
    ended: int | None = None
    host: str | None = None
    boot: str | None = None
    pid: int | None = None
    keeper: int | None = None
    left: str | None = None


def attempt_path(folder: Path, attempt: int) -> Path:
    """Return where the attempt file is."""
    return folder / f".attempt.{attempt}"


def read_attempt(folder: Path, attempt: int) -> AttemptFile:
    """Read an attempt file. One that a step replaced by something else says that it started.

    Raises:
        OSError: it is there and cannot be read.
    """
    try:
        descriptor = open_regular(attempt_path(folder, attempt))
    except (FileNotFoundError, NotADirectoryError):
        return AttemptFile("absent")
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ELOOP):
            raise
        return AttemptFile("started")
    try:
        content = os.read(descriptor, _MOST)
        modified = os.fstat(descriptor).st_mtime_ns // 1_000_000
    finally:
        os.close(descriptor)
    return parse_attempt(content, modified)


def parse_attempt(content: bytes, modified: int | None = None) -> AttemptFile:
    """Return what the content of an attempt file says; what makes no sense in it is ignored.

    Args:
        content: its first 64 KiB, or all.
        modified: when it was written last, in ms since 1970: the moment of an end without a time.
    """
    found = AttemptFile("started")
    begun = False
    for line in content[:_MOST].split(b"\n")[:-1]:
        word, *pairs = line.decode("utf-8", "surrogateescape").split(" ")
        fields = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        code = _number(fields.get("code"))
        if word == "void" and not begun:
            return AttemptFile("void")
        if word == "start":
            begun = True
            found = AttemptFile(
                "started",
                started=_milliseconds(fields.get("time")),
                host=fields.get("host"),
                boot=fields.get("boot"),
                pid=_number(fields.get("pid")),
                keeper=_number(fields.get("keeper")),
            )
        elif word == "script":
            found = attrs.evolve(found, pid=_number(fields.get("pid")))
        elif word == "command" and code is not None:
            found = attrs.evolve(found, left=fields.get("left"))
        elif word == "end" and code is not None:
            ended = _milliseconds(fields.get("time"))
            return attrs.evolve(
                found,
                fate="ended",
                exit_code=code,
                ended=modified if ended is None else ended,
                left=fields.get("left"),
            )
    return found


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and _NUMBER(text) else None


def _milliseconds(time: str | None) -> int | None:
    """Read a ``time=`` field; None: there is none, or it makes no sense."""
    return int(float(time) * 1000) if time is not None and _TIME(time) else None


def void_attempt(root: Path, workspace: str, attempt: int) -> AttemptFile:
    """Make an attempt void, unless it has started: then return what became of it.

    Args:
        root: the workspace of the study.
        workspace: folder of the instance, relative to it.
        attempt: its number.

    Raises:
        OSError: the file could neither be made nor read, or a link leads out of the workspace.
    """
    stay_inside(root, workspace)
    folder = root / workspace
    path = attempt_path(folder, attempt)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o666)
    except FileExistsError:
        found = read_attempt(folder, attempt)
        if found.fate == "absent":
            # It is there, and this host does not see it yet: it must not count as never started.
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(path)) from None
        return found
    except FileNotFoundError:  # the folder was never made, or was deleted
        make_folder(root, workspace)
        return void_attempt(root, workspace, attempt)
    try:
        if os.write(descriptor, _VOID) != len(_VOID):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(descriptor)
    except OSError:  # an empty file would say that the attempt has started
        with contextlib.suppress(OSError):
            path.unlink()
        raise
    finally:
        os.close(descriptor)
    return AttemptFile("void")
