"""Show log files, and go on as they grow."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from attrs import define, field, frozen

from maestro_cli.errors import StudyError
from maestro_cli.study.instances import ENDED_STATES
from maestro_cli.study.selection import Selection, choose
from maestro_cli.study.step_logs import logs_of
from maestro_cli.study.workspace_view import StudyView, open_study
from maestro_cli.ui.console import is_terminal, warn
from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint
from maestro_conductor.workspace.inside import stay_inside
from maestro_conductor.workspace.regular_files import stream_regular

#: Shortest pause between two polls of the files that are followed, in seconds.
_PAUSE = 0.2
_CHUNK = 1 << 16
#: Most bytes of a line that are kept until it is complete; a longer one is shown in pieces.
_LONGEST_LINE = 1 << 20
#: Most bytes that are searched for the start of the last lines.
_MOST_TAIL = 1 << 22


@frozen
class Source:
    """Where lines come from.

    Attributes:
        files: Returns the files that there are now.
        ended: Returns whether nothing will be added any more.
        render: Returns a line as a terminal may get it.
        raw: Whether a pipe gets the bytes as they are.
    """

    files: Callable[[], Iterable[Path]]
    ended: Callable[[], bool]
    render: Callable[[str], str]
    raw: bool


def of_study(study: StudyView) -> Source:
    """Return the conductor's log as a source.

    Raises:
        StudyError: There is none.
    """
    from maestro_conductor.app.conduct import log_path_of

    path = log_path_of(study.root, study.name)
    if not path.exists():
        raise StudyError(
            f"{study.root} has no log: {path} does not exist",
            hint="the study was never started, or its log is kept elsewhere (maestro -l FILE)",
        )
    return Source(
        lambda: [path], lambda: open_study(study.root).state != "RUNNING", _readable, raw=False
    )


def of_steps(study: StudyView, selection: Selection) -> Source:
    """Return the output of instances as a source.

    Raises:
        StudyError: A name or a condition fits none, or a folder is a link out of the workspace.
    """
    chosen = choose(study, selection)
    try:
        for number in chosen:
            stay_inside(study.root, study.graph.workspaces[number])
    except OSError as error:
        raise StudyError(
            f"{error.filename} is not read: {error.strerror}",
            hint="what a step prints lies in its own folder; look there yourself, if you trust it",
        ) from error

    def files() -> list[Path]:
        now = open_study(study.root)
        return [log for each in now.instances(chosen) for log in logs_of(now, each)]

    def ended() -> bool:
        now = open_study(study.root)
        all_ended = all(each.state in ENDED_STATES for each in now.instances(chosen))
        return all_ended or now.state != "RUNNING"

    return Source(files, ended, lambda line: clean(line, lines=True), raw=True)


def show(source: Source, *, lines: int | None, follow: bool) -> bool:
    """Print what is in the files.

    Args:
        source: Which.
        lines: Only the last of each; None: all.
        follow: Go on until there can be no more, or Ctrl-C.

    Returns:
        Whether there was any file.
    """
    printer = _Printer(source.render, raw=source.raw and not is_terminal(sys.stdout))
    for path in source.files():
        printer.begin(path, lines)
    # Ctrl-C is how one stops following.
    with contextlib.suppress(KeyboardInterrupt):
        while follow:
            begun = time.monotonic()
            ended = source.ended()
            for path in source.files():
                printer.advance(path)
            if ended:
                break
            time.sleep(max(_PAUSE, 4 * (time.monotonic() - begun)))
    sys.stdout.flush()
    return printer.began


@define
class _Printer:
    """Prints files piece by piece; on a terminal nothing reaches it raw."""

    render: Callable[[str], str]
    raw: bool
    _offsets: dict[Path, int] = field(factory=dict)
    _rests: dict[Path, bytes] = field(factory=dict)
    _last: Path | None = None
    _unread: set[Path] = field(factory=set)
    _paint: Paint = field(factory=Paint)

    @property
    def began(self) -> bool:
        """Whether a file was begun."""
        return self._last is not None

    def begin(self, path: Path, lines: int | None) -> None:
        """Print a file, or its end."""
        self._offsets[path] = 0 if lines is None else _start_of_last(path, lines)
        self._head(path)
        self.advance(path)

    def advance(self, path: Path) -> None:
        """Print what is new in a file; print a file whole that is new itself."""
        if path not in self._offsets:
            self._offsets[path] = 0
        try:
            with stream_regular(path) as file:
                if os.fstat(file.fileno()).st_size < self._offsets[path]:
                    self._offsets[path] = 0  # somebody rotated it
                file.seek(self._offsets[path])
                while chunk := file.read(_CHUNK):
                    self._offsets[path] += len(chunk)
                    self._write(path, chunk)
        except OSError as error:
            if path not in self._unread:
                self._unread.add(path)
                warn(f"{clean(path)} is not shown: {error.strerror}")
            return
        self._flush_rest(path)

    def _head(self, path: Path) -> None:
        if path == self._last:
            return
        gap = "\n" if self._last is not None else ""
        self._last = path
        text = f"==> {clean(path)} <=="
        sys.stdout.write(f"{gap}{self._paint(text, 'bold')}\n")

    def _write(self, path: Path, chunk: bytes) -> None:
        self._head(path)
        if self.raw:
            sys.stdout.flush()
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            return
        *whole, rest = (self._rests.pop(path, b"") + chunk).split(b"\n")
        for line in whole:
            sys.stdout.write(self.render(line.decode("utf-8", "surrogateescape")) + "\n")
        self._rests[path] = rest
        if len(rest) > _LONGEST_LINE:
            self._flush_rest(path)

    def _flush_rest(self, path: Path) -> None:
        rest = self._rests.pop(path, b"")
        if rest:
            sys.stdout.write(self.render(rest.decode("utf-8", "surrogateescape")))
        sys.stdout.flush()


def _readable(line: str) -> str:
    """Return a line of the conductor's log (JSON) as people read it."""
    import json

    try:
        record = json.loads(line)
        head = f"{_local(record.pop('timestamp'))} {record.pop('level').upper():8}"
        event = record.pop("event")
        fields = " ".join(
            f"{key}={clean(value)}" for key, value in record.items() if key not in _EVERYWHERE
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return clean(line)  # somebody else's line, as it is
    return f"{head} {clean(event)} {fields}"


def _local(timestamp: str) -> str:
    """Return a moment of the log, which is in UTC, as all views show it: local, with its zone."""
    from datetime import datetime, timezone

    moment = datetime.strptime(timestamp[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S %Z}"


_EVERYWHERE = {"study", "workspace"}


def _start_of_last(path: Path, lines: int) -> int:
    """Return the byte at which the last lines of a file begin."""
    try:
        with stream_regular(path) as file:
            position = size = file.seek(0, os.SEEK_END)
            chunks: list[bytes] = []
            ends = 0
            while position > max(0, size - _MOST_TAIL) and ends <= lines:
                step = min(_CHUNK, position)
                position -= step
                file.seek(position)
                chunks.append(file.read(step))
                ends += chunks[-1].count(b"\n")
    except OSError:
        return 0
    tail = b"".join(reversed(chunks))
    kept = tail.splitlines(keepends=True)[-lines:] if lines else []
    return size - sum(map(len, kept))
