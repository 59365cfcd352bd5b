"""Read a walltime: "Walltimes" on the workspace format page; pure."""

from __future__ import annotations

import re

_NO_LIMIT = frozenset({"inf", "infinite", "unlimited"})
#: Words of that kind that a scheduler has none of: `bsub -W` takes numbers alone, Flux `inf` (RFC 23).
LACKING = {"lsf": _NO_LIMIT, "flux": frozenset({"infinite", "unlimited"})}
#: The adapters that hand walltimes to a scheduler; what others make of theirs is their own matter.
SCHEDULERS = frozenset({"slurm", "lsf", "flux"})

# Nobody means a number of ten digits, and of very many digits Python makes none.
_N = r"\d{1,9}"
_MINUTES = re.compile(rf"({_N})", re.ASCII)
_PAIR = re.compile(rf"({_N}):({_N})", re.ASCII)
_CLOCK = re.compile(rf"({_N}):({_N}):({_N})", re.ASCII)
_DAYS = re.compile(rf"({_N})-({_N})(?::({_N}))?(?::({_N}))?", re.ASCII)
_UNIT = re.compile(rf"({_N}(?:\.\d{{0,9}})?|\.{_N})([smhd])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class NoWalltimeError(ValueError):
    """The text is no walltime."""


def seconds(text: str, *, lsf: bool = False) -> float | None:
    """Return how long a walltime is.

    Args:
        text: as it was written.
        lsf: read ``A:B`` as hours and minutes, as LSF does, and not as minutes and seconds.

    Returns:
        Seconds, or None for no limit.

    Raises:
        NoWalltimeError: it is none.
    """
    text = text.strip()
    if text.lower() in _NO_LIMIT:
        return None
    return _number(text, lsf=lsf) or None


def _number(text: str, *, lsf: bool) -> float:
    if found := _MINUTES.fullmatch(text):
        return int(found[1]) * 60
    if found := _PAIR.fullmatch(text):
        return (int(found[1]) * 60 + int(found[2])) * (60 if lsf else 1)
    if found := _CLOCK.fullmatch(text):
        return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])
    if found := _DAYS.fullmatch(text):
        days, hours, minutes, rest = (int(part or 0) for part in found.groups())
        return days * 86400 + hours * 3600 + minutes * 60 + rest
    if found := _UNIT.fullmatch(text):
        return float(found[1]) * _SECONDS[found[2]]
    raise NoWalltimeError(text)


def is_walltime(text: str) -> bool:
    """Tell whether a text is a walltime."""
    try:
        seconds(text)
    except NoWalltimeError:
        return False
    return True


def is_ambiguous(text: str) -> bool:
    """Tell whether schedulers read it differently: ``A:B``."""
    return _PAIR.fullmatch(text.strip()) is not None


def is_foreign(text: str, scheduler: str) -> bool:
    """Tell whether it is a word for "no limit" that this scheduler has none of."""
    return text.strip().lower() in LACKING.get(scheduler, ())
