"""The columns of ``status.csv`` for an instance, as text; every layout shows these."""

from __future__ import annotations

import time
from collections.abc import Iterable

from maestro_cli.study.instances import Instance

COLUMNS = (
    "Step Name",
    "Job ID",
    "Workspace",
    "State",
    "Run Time",
    "Elapsed Time",
    "Start Time",
    "Submit Time",
    "End Time",
    "Number Restarts",
    "Params",
)


def rows(instances: Iterable[Instance], now: int) -> list[list[str]]:
    """Gives one list of texts per instance, in the order of :data:`COLUMNS`.

    Args:
        instances: What to show.
        now: ms since 1970, for what still runs.
    """
    known: dict[int, str] = {}
    return [
        [
            each.name,
            each.job or "--",
            each.workspace,
            each.state,
            duration(each.run_time(now)),
            duration(each.elapsed(now)),
            _moment(each.started, known),
            _moment(each.submitted, known),
            _moment(each.ended, known),
            str(each.restarts),
            each.parameters,
        ]
        for each in instances
    ]


def duration(seconds: float | None) -> str:
    """``0d:00h:00m:00s``, or ``--:--:--`` for None."""
    if seconds is None:
        return "--:--:--"
    minutes, second = divmod(max(0, int(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    return f"{day:d}d:{hour:02d}h:{minute:02d}m:{second:02d}s"


def short_duration(seconds: float) -> str:
    """For prose: ``8 s``, ``3 min 20 s``, ``2 h 5 min``, ``4 d 3 h``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def moment(milliseconds: int | None) -> str:
    """Local time, ``YYYY-MM-DD HH:MM:SS``, or ``--`` for None."""
    return _moment(milliseconds, {})


def _moment(milliseconds: int | None, known: dict[int, str]) -> str:
    if milliseconds is None:
        return "--"
    second = milliseconds // 1000
    text = known.get(second)
    if text is None:
        text = known[second] = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
    return text
