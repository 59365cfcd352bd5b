"""Decide what follows the end of an attempt: a retry, a restart, another submission, or the end."""

from __future__ import annotations

import attrs

from maestro_conductor.model.graph import FailureRule
from maestro_conductor.model.states import (
    CANCELLED,
    FAILED,
    FINISHED,
    HWFAILURE,
    INCOMPLETE,
    TIMEDOUT,
)

__all__ = ["RESUBMISSIONS", "Counters", "Decision", "classify_exit", "next_step"]

#: How often an instance is submitted again after trouble of the infrastructure, until it is
#: resumed by hand.
RESUBMISSIONS = 10


@attrs.frozen
class Counters:
    """How often an instance was made to run again, since it was last resumed."""

    restarts: int = 0
    resubmissions: int = 0
    retries: int = 0


@attrs.frozen
class Decision:
    """What follows the end of an attempt.

    Attributes:
        again: another attempt is made.
        pause: s before it.
        reason: for people; None: nothing to say.
        state: in which the instance ends if no other attempt is made.
    """

    again: bool
    state: int
    reason: str | None = None
    pause: float = 0.0


def classify_exit(exit_code: int, rule: FailureRule) -> int:
    """Return the state that an exit code of the step's command stands for."""
    if exit_code in rule.restart_codes:
        return INCOMPLETE
    return FINISHED if exit_code in rule.success_codes else FAILED


def next_step(
    state: int,
    exit_code: int | None,
    rule: FailureRule,
    counters: Counters,
    *,
    rlimit: int,
    restartable: bool,
) -> Decision:
    """Decide what follows the end of an attempt.

    Args:
        state: in which the attempt ended.
        exit_code: of the command, if known.
        rule: the step's own.
        counters: how often it was made to run again; this end is not counted yet.
        rlimit: most restarts; 0: no limit.
        restartable: there is a restart command.
    """
    if state in (TIMEDOUT, INCOMPLETE):
        final = TIMEDOUT if state == TIMEDOUT else FAILED
        cause = "timed out" if state == TIMEDOUT else f"exit code {exit_code} asks for a restart"
        if not restartable:
            return Decision(False, final, f"{cause}, and there is no restart command")
        if rlimit and counters.restarts >= rlimit:
            return Decision(False, final, f"{cause}; the restart limit of {rlimit} is reached")
        count = f"{counters.restarts + 1} of {rlimit}" if rlimit else f"{counters.restarts + 1}"
        return Decision(True, final, f"{cause}: restart {count}")
    if state == HWFAILURE:
        if counters.resubmissions >= RESUBMISSIONS:
            return Decision(False, HWFAILURE, f"submitted again {RESUBMISSIONS} times already")
        count = f"{counters.resubmissions + 1} of {RESUBMISSIONS}"
        return Decision(True, HWFAILURE, f"resubmission {count}")
    if state == FAILED:
        worth = rule.retry_codes is None or exit_code in rule.retry_codes
        if worth and counters.retries < rule.retries:
            count = f"{counters.retries + 1} of {rule.retries}"
            return Decision(True, FAILED, f"retry {count}", rule.retry_pause)
        return Decision(False, FAILED)
    if state == CANCELLED:
        return Decision(False, CANCELLED)
    return Decision(False, state)
