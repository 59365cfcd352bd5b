"""Reads attempt files: what became of an attempt, whoever started it.

The format is "The attempt file" on the workspace format page.
"""

from __future__ import annotations

import re
from pathlib import Path

import attrs

from maestro_adapters.script.regular_files import stream_regular

__all__ = ["Attempt", "parse", "path_of", "read"]

#: Bytes of the file that are read.
_MOST = 1 << 16

_NUMBER = re.compile(r"\d{1,18}", re.ASCII).fullmatch
_TIME = re.compile(r"\d{1,12}(\.\d{0,9})?", re.ASCII).fullmatch
#: As Python writes a number of seconds, `5400`, `0.5` or `1e-05`.
_LIMIT = re.compile(r"\d{1,18}(\.\d{0,18})?(e-\d{1,2})?", re.ASCII).fullmatch


@attrs.frozen
class Attempt:
    """What an attempt file says.

    Attributes:
        void: it never ran, and never will.
        pid: process id of the driver; of the script, where a keeper started it.
        keeper: process id of that keeper (`maestro_adapters.local.keeper.process`).
        slots, limit: of a local job; the limit in s.
        host, boot: where it runs or ran; ``-``: a host without boot ids.
        started: s since 1970, where the file says.
        exit_code: of the script; None: no end is known.
        command_code: the same, once its command has ended, though what that left in the background may
            go on; None: it has not, as far as is known.
        ended: s since 1970, where the file says.
    """

    void: bool = False
    pid: int | None = None
    keeper: int | None = None
    slots: int = 1
    limit: float | None = None
    host: str | None = None
    boot: str | None = None
    started: float | None = None
    exit_code: int | None = None
    command_code: int | None = None
    ended: float | None = None


def path_of(workspace: str, attempt: int) -> Path:
    """Return the path of the attempt file of a job."""
    return Path(workspace, f".attempt.{attempt}")


def read(path: str | Path) -> Attempt | None:
    """Read an attempt file.

    Returns:
        What it says, or None where there is none: the attempt has not started.

    Raises:
        OSError: there is one, and it cannot be read.
    """
    try:
        with stream_regular(path, buffering=0) as file:
            content = file.read(_MOST)
    except FileNotFoundError:
        return None
    return parse(content)


def parse(content: bytes) -> Attempt:
    """Return what the content of an attempt file says; what makes no sense in it is ignored."""
    attempt = Attempt()
    begun = False
    for line in content[:_MOST].split(b"\n")[:-1]:  # the last one has no end: it is not there yet
        word, *pairs = line.decode("utf-8", "surrogateescape").split(" ")
        fields = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        code = _integer(fields.get("code"))
        if word == "void" and not begun:
            return Attempt(void=True)
        if word == "start":
            begun = True
            attempt = Attempt(
                pid=_integer(fields.get("pid")),
                keeper=_integer(fields.get("keeper")),
                slots=_integer(fields.get("slots")) or 1,
                limit=_limit(fields.get("limit")),
                host=fields.get("host"),
                boot=fields.get("boot"),
                started=_time(fields.get("time")),
            )
        elif word == "script":
            attempt = attrs.evolve(attempt, pid=_integer(fields.get("pid")))
        elif word == "command" and code is not None:
            attempt = attrs.evolve(attempt, command_code=code)
        elif word == "end" and code is not None:
            return attrs.evolve(attempt, exit_code=code, ended=_time(fields.get("time")))
    return attempt


def _integer(text: str | None) -> int | None:
    return int(text) if text is not None and _NUMBER(text) else None


def _time(text: str | None) -> float | None:
    return float(text) if text is not None and _TIME(text) else None


def _limit(text: str | None) -> float | None:
    return float(text) if text is not None and _LIMIT(text) else None
