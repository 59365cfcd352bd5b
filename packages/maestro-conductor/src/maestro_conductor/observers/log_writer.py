"""Write events to the log, one JSON object per line.

`EVENTS` is the list behind ``docs/log-events.md``. An event that is not in it cannot be logged.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

from maestro_conductor.observers.log_events import EVENTS
from maestro_conductor.observers.log_file import LogFile

__all__ = ["DEFAULT_LEVEL", "LEVELS", "StudyLog", "plain_copy"]

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


def _number(value: float) -> str:
    return float.__repr__(value) if math.isfinite(value) else json.dumps(value)


#: Each takes values of its type.
_ENCODERS: dict[type, Callable[[Any], str]] = {str: _text, int: int.__repr__, float: _number}


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
