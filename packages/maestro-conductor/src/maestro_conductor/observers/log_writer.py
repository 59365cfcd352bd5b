"""Write the log: its events, one JSON object per line, and the file that they go to.

`EVENTS` is the list behind ``docs/log-events.md``. An event that is not in it cannot be logged.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import stat
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from maestro_conductor.errors import WorkspaceError
from maestro_conductor.observers.log_events import EVENTS
from maestro_conductor.workspace.disk import Disk, SystemDisk

__all__ = ["DEFAULT_LEVEL", "LEVELS", "LogFile", "StudyLog", "check_log_path"]

#: Levels as the command line numbers them.
LEVELS = {
    1: logging.DEBUG,
    2: logging.INFO,
    3: logging.WARNING,
    4: logging.ERROR,
    5: logging.CRITICAL,
}
DEFAULT_LEVEL = 2
_LEVEL_NAMES = {level: logging.getLevelName(level).lower() for level in LEVELS.values()}

#: A text as JSON, in ASCII; a third of what `json.dumps` takes for it.
_text: Callable[[str], str] = json.encoder.encode_basestring_ascii
#: Each takes values of its type.
_ENCODERS: dict[type, Callable[[Any], str]] = {str: _text, int: int.__repr__}

#: Bytes of lines that are collected, and that are kept while the file cannot be written.
_MANY_WAITING, _MOST_WAITING = 1 << 16, 1 << 20


def check_log_path(path: Path) -> None:
    """Refuse a log file that nothing could ever be written to. A full disk is waited for.

    Raises:
        WorkspaceError: the text says why.
    """
    if path.is_dir():
        why = "it is a folder"
    elif path.exists():
        why = "" if os.access(path, os.W_OK) else "you may not write to it"
    elif not path.parent.is_dir():
        why = f"there is no folder {path.parent}"
    else:
        why = "" if os.access(path.parent, os.W_OK | os.X_OK) else "you may not write to its folder"
    if why:
        raise WorkspaceError(f"{path} cannot be the log: {why}. Name another file with -l")


class LogFile:
    """Appends lines to a file that others may rotate.

    Lines are collected and written by `flush`. `reopen_if_moved` follows a rotation by rename.
    With copy-truncate nothing needs to follow: each write appends (O_APPEND) where the file ends.

    Args:
        path: of the file.
        copy: gets each line, too (standard output).
        disk: takes what is written; None: that of this machine.

    Attributes:
        lost: how many lines were dropped while the file could not be written for long.
        trouble: why the latest lines could not be written; None: they could.
    """

    def __init__(
        self,
        path: Path,
        copy: Callable[[str], None] | None = None,
        disk: Disk | None = None,
    ) -> None:
        self.path = path
        self._disk = disk or SystemDisk()
        self._copy = copy
        self._waiting = bytearray()
        self._descriptor = -1
        self._inode = (0, 0)
        self._cuttable = True
        self._torn = False
        self.lost = 0
        self.trouble: OSError | None = None

    def msg(self, line: str) -> None:
        """Collect a line."""
        if self._copy is not None:
            self._copy(line)
        if len(self._waiting) > _MANY_WAITING:
            self.flush()
            if len(self._waiting) > _MOST_WAITING:
                self.lost += 1
                return
        self._waiting += line.encode("ascii")
        self._waiting += b"\n"

    def flush(self) -> bool:
        """Write what was collected; False: it could not be written, and is kept."""
        if not self._waiting:
            return True
        try:
            if self._descriptor < 0:
                self._open()
            if self._torn:  # a crash left half a line: end it
                self._disk.write(self._descriptor, b"\n")
                self._torn = False
            self._write_all()
        except OSError as error:
            self.trouble = error
            return False
        self.trouble = None
        return True

    def _write_all(self) -> None:
        """Write whole lines as far as there is room.

        Raises:
            OSError: there was no more; what is left waits.
        """
        written = 0
        try:
            while written < len(self._waiting):
                written += self._disk.write(self._descriptor, self._waiting[written:])
        except OSError:
            whole = self._waiting.rfind(b"\n", 0, written) + 1
            if whole < written and self._cuttable:  # take half a line back
                size = os.fstat(self._descriptor).st_size - (written - whole)
                written = whole
                self._torn = True
                self._disk.truncate(self._descriptor, size)
                self._torn = False
            raise
        finally:
            del self._waiting[:written]

    def reopen_if_moved(self) -> None:
        """Go on in a new file where somebody renamed or deleted the old one."""
        if self._descriptor < 0:
            return
        try:
            status = self.path.stat()
        except OSError:
            moved = True
        else:
            moved = (status.st_dev, status.st_ino) != self._inode
        if moved:
            self.close()

    def close(self) -> None:
        """Write what is there and close."""
        self.flush()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # A pipe or a device may be the log, where its user wants that; nobody is waited for.
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
        try:
            self._descriptor = os.open(self.path, flags, 0o666)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            why = f"nobody reads from {self.path}, which is no file"
            raise OSError(errno.ENXIO, why) from error
        status = os.fstat(self._descriptor)
        self._inode = (status.st_dev, status.st_ino)
        self._cuttable = stat.S_ISREG(status.st_mode)
        self._torn = self._cuttable and status.st_size > 0 and not _ends_with_newline(self.path)


def _ends_with_newline(path: Path) -> bool:
    """Tell whether the last line is whole; a crash may have torn it."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
    return True


class StudyLog:
    """Logs the events of one study.

    Args:
        sink: where the lines go.
        level: number of `logging`; what is below is dropped.
        study: its name, in every line.
        workspace: its absolute path, in every line.
        now: gives ns since 1970.
    """

    def __init__(
        self,
        sink: LogFile,
        level: int,
        study: str,
        workspace: str,
        now: Callable[[], int] = time.time_ns,
    ) -> None:
        self._level = level
        self._sink = sink
        self._render = _Renderer(study, workspace, now)

    def wants(self, name: str) -> bool:
        """Tell whether an event of this name would be logged."""
        return EVENTS[name].level >= self._level

    def event(self, name: str, **fields: object) -> None:
        """Log an event; fields that are None are left out.

        Raises:
            KeyError: the event is not in the list.
        """
        level = EVENTS[name].level
        if level >= self._level:
            self._sink.msg(self._render(_LEVEL_NAMES[level], name, fields))
            if "structlog" in sys.modules:
                _hand_on(_LEVEL_NAMES[level], name, fields)


def _hand_on(level: str, name: str, fields: dict[str, object]) -> None:
    """Give an event to structlog, too, where the program that runs us has configured it.

    We never import it: a quarter of a second that every study's first step would wait.
    Whoever configures it has imported it.
    """
    structlog = sys.modules["structlog"]
    if not structlog.is_configured():
        return
    fields = {key: value for key, value in fields.items() if value is not None}
    try:
        getattr(structlog.get_logger("maestro_conductor"), level)(name, **fields)
    except Exception as error:  # a program's own log must not stop its study
        warnings.warn(f"structlog, as it is configured, failed: {error!r}", stacklevel=2)


class _Renderer:
    """Makes one line of ASCII of an event, in the order in which people look for things.

    It is called twice per step, so what is the same in every line is rendered once.
    """

    def __init__(self, study: str, workspace: str, now: Callable[[], int]) -> None:
        self._time = now
        self._middle = f'"study":{_text(study)},"workspace":{_text(workspace)}'
        self._second = (0, "")

    def __call__(self, level: str, name: str, fields: dict[str, object]) -> str:
        rest = "".join(
            [
                f',"{key}":{_ENCODERS.get(type(value), json.dumps)(value)}'
                for key, value in fields.items()
                if value is not None
            ]
        )
        return (
            f'{{"timestamp":"{self._now()}","level":"{level}","event":"{name}",'
            f"{self._middle}{rest}}}"
        )

    def _now(self) -> str:
        seconds, fraction = divmod(self._time() // 1000, 1_000_000)
        if seconds != self._second[0]:
            shown = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
            self._second = (seconds, shown)
        return f"{self._second[1]}.{fraction:06}Z"


def plain_copy(line: str) -> None:
    """Show a line to people on standard output; one that is gone does not matter."""
    value = json.loads(line)
    moment = value["timestamp"][:19].replace("T", " ")
    shown = " ".join(
        f"{key}={_plain(item)}"
        for key, item in value.items()
        if key not in ("timestamp", "level", "event", "study", "workspace")
    )
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(f"{moment}Z {value['level'].upper():8} {value['event']} {shown}\n")
        sys.stdout.flush()


def _plain(value: object) -> str:
    return value if isinstance(value, str) and value.isidentifier() else json.dumps(value)
