"""Write durations and moments for people."""

from __future__ import annotations

import time

__all__ = ["Moments", "clock", "duration", "moment", "short_duration", "zoned"]


class Moments:
    """Writes moments as :func:`moment` does; many that share a second cost little."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def __call__(self, milliseconds: int | None) -> str:
        """Return local time, ``YYYY-MM-DD HH:MM:SS``, or ``--`` for None.

        Args:
            milliseconds: Since 1970.
        """
        if milliseconds is None:
            return "--"
        second = milliseconds // 1000
        text = self._known.get(second)
        if text is None:
            text = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
            self._known[second] = text
        return text


def moment(milliseconds: int | None) -> str:
    """Return local time, ``YYYY-MM-DD HH:MM:SS``, or ``--`` for None.

    Args:
        milliseconds: Since 1970.
    """
    return Moments()(milliseconds)


def zoned(milliseconds: int) -> str:
    """Return local time with the name of its zone: ``2026-11-22 10:00:00 CET``."""
    return time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(milliseconds // 1000)).rstrip()


def clock(milliseconds: int, now: int) -> str:
    """Return local time, without the date where that is today's: ``10:00:00``."""
    then, today = (time.localtime(each // 1000) for each in (milliseconds, now))
    same = then[:3] == today[:3]
    return time.strftime("%H:%M:%S" if same else "%Y-%m-%d %H:%M:%S", then)


def duration(seconds: float | None) -> str:
    """Return ``0d:00h:00m:00s``, or ``--:--:--`` for None."""
    if seconds is None:
        return "--:--:--"
    minutes, second = divmod(max(0, int(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    return f"{day:d}d:{hour:02d}h:{minute:02d}m:{second:02d}s"


def short_duration(seconds: float) -> str:
    """Return a duration for prose: ``8 s``, ``3 min 20 s``, ``2 h 5 min``, ``4 d 3 h``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"
