"""Looks for the tokens of submissions in the queue, twice before it says that one is absent.

A submission whose answer was lost may still be on its way: a controller that was stopped answers a
later question while it is only just beginning to work on the earlier request. So *absent* takes two
answers with a pause between them. Only live jobs are looked for: one that has ended wrote its
attempt file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

import attrs

from maestro_adapters.interface import FindAnswer
from maestro_adapters.job import states

__all__ = ["SETTLE", "Found", "TokenSearch"]

#: Seconds between the two looks.
SETTLE = 2.0


@attrs.frozen
class Found:
    """One job that carries a token."""

    token: str
    job_id: str
    state: str


@attrs.frozen
class TokenSearch:
    """Finds submissions whose answer was lost.

    Attributes:
        look: asks the scheduler: the jobs that carry tokens, or why it could not be asked.
        pause: waits for some seconds.
        settle: s between the two looks.
    """

    look: Callable[[], Iterable[Found] | str]
    pause: Callable[[float], None] = time.sleep
    settle: float = SETTLE

    def find(self, tokens: Sequence[str]) -> dict[str, FindAnswer]:
        """Make the answer of `Adapter.find`."""
        found: dict[str, FindAnswer] = {}
        if not tokens:
            return found
        for again in (False, True):
            if again:
                self.pause(self.settle)
            seen = self.look()
            if isinstance(seen, str):
                return {token: found.get(token, {"error": seen}) for token in tokens}
            _note(found, tokens, seen)
            if len(found) == len(set(tokens)):
                break
        return {token: found.get(token, {"absent": True}) for token in tokens}


def _note(found: dict[str, FindAnswer], tokens: Sequence[str], seen: Iterable[Found]) -> None:
    wanted = set(tokens)
    for job in seen:
        # A job that is alive goes before one that is not.
        if job.token in wanted and (job.token not in found or job.state in states.LIVE):
            # It was received; what became of it since is for `poll` to tell.
            waits = job.state == states.PENDING
            found[job.token] = {
                "job": job.job_id,
                "state": states.PENDING if waits else states.RUNNING,
            }
