"""The workspace format's rule for walltimes."""

from __future__ import annotations

import re

_NO_LIMIT = frozenset({"0", "inf", "infinite", "unlimited"})
_MINUTES = re.compile(r"\d+", re.ASCII)
_COLONS = re.compile(r"(\d+):(\d+)(?::(\d+))?", re.ASCII)
_DAYS = re.compile(r"(\d+)-(\d+)(?::(\d+))?(?::(\d+))?", re.ASCII)
_UNIT = re.compile(r"(\d+(?:\.\d+)?)([smhd])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class WalltimeError(ValueError):
    """The text is no walltime."""


def seconds(text: str, *, lsf: bool = False) -> float | None:
    """How long a walltime is.

    Args:
        text: as it was written.
        lsf: read ``A:B`` as hours and minutes, as LSF does, and not as minutes and seconds.

    Returns:
        Seconds, or None for no limit.

    Raises:
        WalltimeError: it is none.
    """
    if text in _NO_LIMIT:
        return None
    if _MINUTES.fullmatch(text):
        return int(text) * 60
    if found := _COLONS.fullmatch(text):
        first, second, third = found.groups()
        if third is not None:
            return int(first) * 3600 + int(second) * 60 + int(third)
        return (int(first) * 60 + int(second)) * (60 if lsf else 1)
    if found := _DAYS.fullmatch(text):
        days, hours, minutes, rest = (int(part or 0) for part in found.groups())
        return days * 86400 + hours * 3600 + minutes * 60 + rest
    if found := _UNIT.fullmatch(text):
        return float(found[1]) * _SECONDS[found[2]]
    raise WalltimeError(text)


def is_walltime(text: str) -> bool:
    """Whether a text is a walltime."""
    patterns = (_MINUTES, _COLONS, _DAYS, _UNIT)
    return text in _NO_LIMIT or any(pattern.fullmatch(text) for pattern in patterns)


def is_ambiguous(text: str) -> bool:
    """Whether schedulers read it differently: ``A:B``."""
    return re.fullmatch(r"\d+:\d+", text, re.ASCII) is not None
