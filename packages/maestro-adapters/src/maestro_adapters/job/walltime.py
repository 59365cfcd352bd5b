"""Walltimes: text to seconds, and seconds to what each scheduler writes.

The grammar is "Walltimes" on the workspace format page; its vectors are
``docs/workspace-format/vectors/walltimes.json``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Literal

from maestro_adapters.errors import WalltimeError

__all__ = ["clock", "days_and_clock", "hours_and_minutes", "parse"]

_NO_LIMIT = frozenset({"inf", "infinite", "unlimited"})
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

# Nobody means a number of ten digits, and of very many digits Python makes none.
_N = r"\d{1,9}"
_MINUTES = re.compile(rf"({_N})", re.ASCII)
_PAIR = re.compile(rf"({_N}):({_N})", re.ASCII)
_CLOCK = re.compile(rf"({_N}):({_N}):({_N})", re.ASCII)
_DAYS = re.compile(rf"({_N})-({_N})(?::({_N}))?(?::({_N}))?", re.ASCII)
_DURATION = re.compile(rf"({_N}(?:\.\d{{0,9}})?|\.{_N})([smhd])", re.ASCII)


def parse(
    text: str,
    pair: Literal["minutes", "hours"] = "minutes",
    *,
    lacking: Collection[str] = (),
    scheduler: str = "",
) -> float | None:
    """Seconds of a walltime.

    Args:
        text: as the study wrote it: ``90``, ``24:00:00``, ``2-00:00:00``, ``1.5h``.
        pair: what ``A`` means in ``A:B``: minutes (Slurm, Flux, local), or hours (LSF).
        lacking: words for "no limit" that the scheduler has none of.
        scheduler: its name, for the message about such a word.

    Returns:
        Seconds, or None for no limit.

    Raises:
        WalltimeError: the text is no walltime, or one of the scheduler's missing words.
    """
    text = text.strip()
    word = text.lower()
    if word in lacking:
        raise WalltimeError(
            f"the walltime is {text!r}, for which {scheduler} has no word: leave the walltime out "
            "for the limit of the queue, or say how long"
        )
    if word in _NO_LIMIT:
        return None
    return _seconds(text, pair) or None


def _seconds(text: str, pair: Literal["minutes", "hours"]) -> float:
    if found := _MINUTES.fullmatch(text):
        return int(found[1]) * 60
    if found := _PAIR.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        return first * 60 + second if pair == "minutes" else first * 3600 + second * 60
    if found := _CLOCK.fullmatch(text):
        return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])
    if found := _DAYS.fullmatch(text):
        days, hours, minutes, seconds = (int(group or 0) for group in found.groups())
        return days * 86400 + hours * 3600 + minutes * 60 + seconds
    if found := _DURATION.fullmatch(text):
        return float(found[1]) * _UNITS[found[2]]
    raise WalltimeError(
        f"{text!r} is no walltime: write minutes (90), H:MM:SS (24:00:00), D-HH:MM:SS (2-00:00:00), "
        "or a number with s, m, h or d behind it (1.5h)"
    )


def clock(seconds: float) -> str:
    """``H…H:MM:SS``, rounded up to whole seconds; hours may exceed 24."""
    whole = math.ceil(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def days_and_clock(seconds: float) -> str:
    """``D-HH:MM:SS`` from a day on, ``HH:MM:SS`` below, rounded up to whole seconds."""
    days, rest = divmod(math.ceil(seconds), 86400)
    return f"{days}-{clock(rest)}" if days else clock(rest)


def hours_and_minutes(seconds: float) -> str:
    """``HH:MM``, rounded up to whole minutes."""
    minutes = math.ceil(seconds / 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"
