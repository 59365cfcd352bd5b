"""Reads attempt files: what became of an attempt, whoever started it.

The format is "The attempt file" on the workspace format page.
"""

from __future__ import annotations

from pathlib import Path

import attrs

from maestro_adapters.script.regular_files import read_regular

__all__ = ["Attempt", "parse", "path_of", "read"]


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
    """Where the attempt file of a job stands."""
    return Path(workspace, f".attempt.{attempt}")


def read(path: str | Path) -> Attempt | None:
    """Read an attempt file.

    Returns:
        What it says, or None where there is none: the attempt has not started.

    Raises:
        OSError: there is one, and it cannot be read.
    """
    try:
        content = read_regular(path)
    except FileNotFoundError:
        return None
    return parse(content)


def parse(content: bytes) -> Attempt:
    """The meaning of an attempt file's content; what makes no sense in it is ignored."""
    attempt = Attempt()
    lines = content.decode(errors="replace").split("\n")[
        :-1
    ]  # a line without its end is not there yet
    for line in lines:
        word, *rest = line.split() or [""]
        fields = dict(item.split("=", 1) for item in rest if "=" in item)
        if word == "void":
            attempt = attrs.evolve(attempt, void=True)
        elif word == "start":
            attempt = attrs.evolve(
                attempt,
                pid=_integer(fields.get("pid")),
                keeper=_integer(fields.get("keeper")),
                slots=_integer(fields.get("slots")) or 1,
                limit=_number(fields.get("limit")),
                host=fields.get("host"),
                boot=fields.get("boot"),
                started=_number(fields.get("time")),
            )
        elif word == "script":
            attempt = attrs.evolve(attempt, pid=_integer(fields.get("pid")))
        elif word == "command":
            attempt = attrs.evolve(attempt, command_code=_integer(fields.get("code")))
        elif word == "end" and (code := _integer(fields.get("code"))) is not None:
            attempt = attrs.evolve(attempt, exit_code=code, ended=_number(fields.get("time")))
    return attempt


def _integer(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdecimal() else None


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None
