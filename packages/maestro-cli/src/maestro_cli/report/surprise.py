"""Find which parameter values go with failures, and tell how surprising that is.

For each step and value, the hypergeometric tail: how likely it is to have at least so many failures
among the instances with that value, had the step's failures fallen on its instances by chance. That is
the one-sided exact test of Fisher, "The Design of Experiments" (1935).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from attrs import frozen

from maestro_cli.report.value_groups import by_value

__all__ = ["Finding", "find", "tail"]


@frozen
class Finding:
    """How a step went with a value of a parameter.

    Attributes:
        failed: Of the instances that have it, those that failed by themselves.
        ended: Of these, all that ran to an end.
        chance: The probability of as many failures or more by chance.
    """

    step: str
    parameter: str
    value: str
    failed: int
    ended: int
    chance: float


def find(
    steps: Sequence[tuple[str, Sequence[int]]],
    failed: Sequence[bool],
    parameters: Sequence[Mapping[str, object]],
) -> tuple[list[Finding], int]:
    """Return the values with failures, the most surprising first, and how many were looked at.

    Args:
        steps: Their names, and of each the instances that ran to an end.
        failed: Instance → whether it failed.
        parameters: Instance → its parameters.
    """
    found: list[Finding] = []
    looked_at = 0
    for name, ended in steps:
        bad = sum(failed[index] for index in ended)
        if not bad or bad == len(ended):
            continue  # no value tells more than another
        for (parameter, value), members in by_value(ended, parameters).items():
            if len(members) == len(ended):
                continue
            looked_at += 1
            hits = sum(failed[index] for index in members)
            if hits:
                chance = tail(hits, len(members), bad, len(ended))
                found.append(Finding(name, parameter, value, hits, len(members), chance))
    found.sort(key=lambda each: (each.chance, -each.failed, each.step, each.parameter, each.value))
    return found, looked_at


def tail(hits: int, drawn: int, bad: int, total: int) -> float:
    """Return the probability of at least ``hits`` bad ones among ``drawn`` of ``total``.

    >>> round(tail(2, 2, 2, 4), 4)
    0.1667
    """
    most = min(drawn, bad)
    least = max(hits, drawn - (total - bad))
    whole = _log_choose(total, drawn)
    return min(
        1.0,
        math.fsum(
            math.exp(_log_choose(bad, k) + _log_choose(total - bad, drawn - k) - whole)
            for k in range(least, most + 1)
        ),
    )


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
