"""Group failures that have the same cause, as far as exit code, reason and the end of the log tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from attrs import frozen

from maestro_cli.study.instances import Instance

__all__ = ["Group", "group", "pattern"]

#: What differs between two failures with one cause: paths, hexadecimal addresses, numbers.
_DIFFERS = re.compile(r"(?:/[^\s:'\",;()]+)+|\b0x[0-9a-fA-F]+\b|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


@frozen
class Group:
    """Failures with the same cause.

    Attributes:
        state: In which the instances are.
        exit_code: Of their commands.
        reason: That the conductor or the scheduler gave; empty: none.
        steps: Of which they are.
        names: Of the instances, the first of which is the example.
        log: Path of its error log; empty: it left none, or that was not read.
        lines: The last of that log.
    """

    state: str
    exit_code: int | None
    reason: str
    steps: Sequence[str]
    names: Sequence[str]
    log: str
    lines: Sequence[str]


def group(
    failed: Sequence[Instance],
    read: Callable[[Instance], tuple[str, list[str]] | None],
    *,
    most_logs: int,
) -> tuple[list[Group], int]:
    """Group instances that failed by themselves; the largest group comes first.

    Args:
        failed: The instances.
        read: Returns the path of an instance's error log and its last lines; None: it left none.
        most_logs: Of no more instances logs are read.

    Returns:
        The groups, and the number of instances whose logs were not read.
    """
    found: dict[tuple[object, ...], list[Instance]] = {}
    logs: dict[tuple[object, ...], tuple[str, list[str]]] = {}
    for number, instance in enumerate(failed):
        log = read(instance) if number < most_logs else None
        last = next((line for line in reversed(log[1]) if line.strip()), "") if log else ""
        reason = _reason(instance)
        is_read = number < most_logs
        key = (instance.state, instance.exit_code, pattern(reason), pattern(last), is_read)
        found.setdefault(key, []).append(instance)
        if log is not None:
            logs.setdefault(key, log)
    groups = [
        Group(
            state=members[0].state,
            exit_code=members[0].exit_code,
            reason=_reason(members[0]),
            steps=list(dict.fromkeys(each.step for each in members)),
            names=[each.name for each in members],
            log=logs.get(key, ("", []))[0],
            lines=logs.get(key, ("", []))[1],
        )
        for key, members in found.items()
    ]
    groups.sort(key=lambda each: -len(each.names))
    return groups, max(0, len(failed) - most_logs)


def pattern(line: str) -> str:
    """Return a line without what differs between failures of one cause.

    >>> pattern("/scratch/run_17/in.dat:3: value -4.5e3 at 0x7ffe is not positive")
    '…:…: value -… at … is not positive'
    """
    return " ".join(_DIFFERS.sub("…", line).split())


def _reason(instance: Instance) -> str:
    reason = instance.reason or ""
    return "" if reason == f"exit code {instance.exit_code}" else reason
