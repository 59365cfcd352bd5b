"""Walltimes: text to seconds, and seconds to what each scheduler writes; pure."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Literal

from maestro_adapters.errors import WalltimeError
from maestro_adapters.job import walltime_grammar

__all__ = ["clock", "days_and_clock", "hours_and_minutes", "parse"]


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
    if text.strip().lower() in lacking:
        raise WalltimeError(
            f"the walltime is {text.strip()!r}, for which {scheduler} has no word: leave the walltime "
            "out for the limit of the queue, or say how long"
        )
    try:
        return walltime_grammar.seconds(text, lsf=pair == "hours")
    except walltime_grammar.NoWalltimeError:
        raise WalltimeError(
            f"{text.strip()!r} is no walltime: write minutes (90), H:MM:SS (24:00:00), D-HH:MM:SS "
            "(2-00:00:00), or a number with s, m, h or d behind it (1.5h)"
        ) from None


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
