"""Say in a few words why an instance failed, and put failures together that are of one kind."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from maestro_cli.study.instances import Instance

__all__ = ["Group", "cause", "group", "likeness"]

#: What differs between runs of the same fault: paths, and numbers with what surrounds them.
_PATHS = re.compile(r"(?:~|\.{1,2})?(?:/[^\s/:'\"()]+)+/?")
_NUMBERS = re.compile(r"0x[0-9a-f]+|\d+(?:[.,:]\d+)*(?:e[-+]?\d+)?", re.IGNORECASE)
#: The beginning of the reasons of the adapters for a job that was ended by a signal.
_SIGNAL = re.compile(r"(?:ended by|killed by|signal) (SIG[A-Z0-9]+)")


class Group(NamedTuple):
    """Failures of one kind.

    Attributes:
        cause: In a few words: ``exit code 7``.
        lines: The end of the error log of the first.
        members: The instances.
    """

    cause: str
    lines: Sequence[str]
    members: list[Instance]


def cause(instance: Instance) -> str:
    """Return why an instance failed: exit code, signal, time-out, refusal or node failure."""
    reason = instance.reason or ""
    if instance.state == "TIMEDOUT":
        return "time-out"
    if instance.state == "HWFAILURE":
        return "node failure"
    if instance.job is None and instance.exit_code is None:
        return "refused by the scheduler"
    found = _SIGNAL.search(reason)
    if found:
        return f"signal {found[1]}"
    code = instance.exit_code
    if code is None:
        return "signal" if "a signal" in reason else reason or "failed"
    if code > 128 and (name := _signal_name(code - 128)):
        return f"signal {name}"
    return f"exit code {code}"


def _signal_name(number: int) -> str | None:
    try:
        return signal.Signals(number).name
    except ValueError:
        return None


def likeness(lines: Iterable[str]) -> str:
    """Return what lines of a log have in common with those of the same fault elsewhere."""
    return "\n".join(_NUMBERS.sub("#", _PATHS.sub("…", line)).strip() for line in lines)


def group(failures: Iterable[Instance], tail: Callable[[Instance], Sequence[str]]) -> list[Group]:
    """Put failures together that have the same cause and the same end of the log.

    Args:
        failures: Instances that ran and failed.
        tail: Returns the last lines of an instance's error log.

    Returns:
        The largest first; of equal size: in the order of their first members.
    """
    found: dict[tuple[str, str], Group] = {}
    for each in failures:
        why, lines = cause(each), tail(each)
        here = found.setdefault((why, likeness(lines)), Group(why, lines, []))
        here.members.append(each)
    return sorted(found.values(), key=lambda one: -len(one.members))
