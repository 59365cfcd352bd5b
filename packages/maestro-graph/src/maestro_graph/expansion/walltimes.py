"""The workspace format's rule for walltimes, for those that a parameter or a variable gave; pure."""

from __future__ import annotations

import re

_NO_LIMIT = frozenset({"inf", "infinite", "unlimited"})
#: Words of that kind that a scheduler has none of.
_LACKING = {"lsf": _NO_LIMIT, "flux": frozenset({"infinite", "unlimited"})}
#: The adapters that hand walltimes to a scheduler; what others make of theirs is their own matter.
_SCHEDULERS = frozenset({"slurm", "lsf", "flux"})

_N = r"\d{1,9}"
_FORMS = re.compile(
    rf"{_N}|{_N}:{_N}(:{_N})?|{_N}-{_N}(:{_N}){{0,2}}|({_N}(\.\d{{0,9}})?|\.{_N})[smhd]", re.ASCII
)


def is_walltime(text: str) -> bool:
    """Whether a text is a walltime."""
    text = text.strip()
    return text.lower() in _NO_LIMIT or _FORMS.fullmatch(text) is not None


def trouble(text: str, scheduler: str, *, scheduled: bool, enforced: bool) -> str | None:
    """What keeps a walltime from being used, in words; None: nothing does.

    Args:
        text: without tokens.
        scheduler: the type of the batch block.
        scheduled: the step asks for nodes or procs.
        enforced: a local step is stopped after it.
    """
    handed = scheduled and scheduler in _SCHEDULERS
    if not (handed or enforced):
        return None
    if not is_walltime(text):
        return "which is no walltime"
    if handed and text.strip().lower() in _LACKING.get(scheduler, ()):
        return f"for which {scheduler} has no word"
    return None
