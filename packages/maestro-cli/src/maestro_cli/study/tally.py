"""Count instances in the words that people read: one way of counting for all views.

Failures are instances that ran and failed. What never ran because another one failed is *blocked*.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maestro_conductor.core.study_state import StudyState

__all__ = ["WORDS", "blocked", "blocker_in", "in_words", "of_states", "sort_by_word", "tally"]

#: The words, in the order in which they are counted.
WORDS = (
    *("finished", "running", "queued", "waiting", "blocked", "failed", "cancelled", "held"),
    *("skipped", "unknown"),
)
_OF_STATE = {
    "INITIALIZED": "waiting",
    "QUEUED": "queued",
    "WAITING": "queued",
    "PENDING": "queued",
    "RUNNING": "running",
    "FINISHING": "running",
    "UNKNOWN": "unknown",
    "FINISHED": "finished",
    "DRYRUN": "finished",
    "SKIPPED": "skipped",
    "CANCELLED": "cancelled",
    "FAILED": "failed",
    "INCOMPLETE": "failed",
    "TIMEDOUT": "failed",
    "HWFAILURE": "failed",
}
#: What the conductor writes where an instance cannot run because of another.
_AFTER = re.compile(r"after (.+) (?:failed|was cancelled)", re.DOTALL)


def blocked(state: str, submitted: int | None) -> bool:
    """Tell whether an instance could not run because of another.

    Args:
        state: Its state.
        submitted: Its first submission since it was last asked for; None: there was none.
    """
    return state == "FAILED" and submitted is None


def blocker_in(reason: str | None) -> str | None:
    """Return the instance that a reason names as the one in the way: ``after make_N.2 failed``."""
    found = _AFTER.fullmatch(reason or "")
    return found[1] if found else None


def sort_by_word(known: StudyState, numbers: Iterable[int]) -> dict[str, list[int]]:
    """Return the instances by their words, in the order given; words without any are left out.

    Args:
        known: What has become of the instances.
        numbers: Which of them.
    """
    from maestro_conductor.model.states import NAMES

    found: dict[str, list[int]] = {}
    state, submitted, held = known.state, known.submitted, known.held
    words = [_OF_STATE[name] for name in NAMES]
    failed = NAMES.index("FAILED")
    for i in numbers:
        code = state[i]
        word = words[code]
        if code == failed and submitted[i] < 0:
            word = "blocked"
        elif i in held and word in ("waiting", "queued"):
            word = "held"
        found.setdefault(word, []).append(i)
    return found


def tally(known: StudyState, numbers: Iterable[int]) -> dict[str, int]:
    """Count instances by their words, in the order of :data:`WORDS`; leave out words without any."""
    found = sort_by_word(known, numbers)
    return {word: len(found[word]) for word in WORDS if word in found}


def of_states(counts: Mapping[str, int], blocked: int) -> dict[str, int]:
    """Turn counts of states into those of words.

    Args:
        counts: State → how many instances are in it.
        blocked: How many of those FAILED never ran because of another.
    """
    found: dict[str, int] = {}
    for state, number in counts.items():
        word = _OF_STATE[state]
        found[word] = found.get(word, 0) + number
    if blocked:
        found["failed"] -= blocked
        found["blocked"] = blocked
    return {word: found[word] for word in WORDS if found.get(word)}


def in_words(counts: Mapping[str, int]) -> str:
    """Return counts as prose: ``4 finished, 1 failed, 2 blocked``."""
    return ", ".join(f"{counts[word]} {word}" for word in WORDS if counts.get(word))
