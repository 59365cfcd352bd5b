"""Read attempt files, which say what became of attempts, and make attempts void.

The format is "The attempt file" on the workspace format page.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

import attrs

from maestro_conductor.workspace.regular_files import open_regular

__all__ = ["AttemptFile", "attempt_path", "read_attempt", "void_attempt"]

_VOID = b"void\n"


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
        content = os.read(descriptor, 4096)
        modified = os.fstat(descriptor).st_mtime_ns // 1_000_000
    finally:
        os.close(descriptor)
    host = boot = started = pid = keeper = left = None
    for line in content.split(b"\n")[:-1]:
        word, *pairs = line.decode("utf-8", "surrogateescape").split(" ")
        fields = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        if word == "void":
            return AttemptFile("void")
        if word == "start":
            host, boot = fields.get("host"), fields.get("boot")
            started = _milliseconds(fields.get("time"))
            pid, keeper = _number(fields.get("pid")), _number(fields.get("keeper"))
        elif word == "script":
            pid = _number(fields.get("pid"))
        elif word == "command":
            left = fields.get("left")
        elif word == "end" and (code := _number(fields.get("code"))) is not None:
            ended = _milliseconds(fields.get("time")) or modified
            left = fields.get("left")
            return AttemptFile("ended", code, started, ended, host, boot, pid, keeper, left)
    return AttemptFile("started", None, started, None, host, boot, pid, keeper, left)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdecimal() else None


def _milliseconds(time: str | None) -> int | None:
    """Read a ``time=`` field; None: there is none, or it makes no sense."""
    if time is None or not time.replace(".", "", 1).isdecimal():
        return None
    return int(float(time) * 1000)


def void_attempt(folder: Path, attempt: int) -> AttemptFile:
    """Make an attempt void, unless it has started: then return what became of it.

    Raises:
        OSError: the file could neither be made nor read.
    """
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
        folder.mkdir(parents=True, exist_ok=True)
        return void_attempt(folder, attempt)
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
