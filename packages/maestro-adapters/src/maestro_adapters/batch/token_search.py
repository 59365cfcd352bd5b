"""Was a submission received? Looks for tokens in the queue, twice before it says no.

A submission whose answer was lost may still be on its way: a controller that was stopped answers a
later question while it is only just beginning to work on the earlier request. So *absent* takes two
answers with a pause between them. Only live jobs are looked for: one that has ended wrote its
attempt file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs

from maestro_adapters.job import states

#: Seconds between the two looks.
SETTLE = 2.0


@attrs.frozen
class Found:
    """One job that carries a token."""

    token: str
    job_id: str
    state: str


def find(
    tokens: Sequence[str],
    look: Callable[[], Iterable[Found] | str],
    pause: Callable[[float], None],
) -> dict[str, dict[str, Any]]:
    """The answer of `Adapter.find`.

    Args:
        tokens: to look for.
        look: asks the scheduler: the jobs that carry tokens, or why it could not be asked.
        pause: waits for some seconds.
    """
    found: dict[str, dict[str, Any]] = {}
    if not tokens:
        return found
    for again in (False, True):
        if again:
            pause(SETTLE)
        seen = look()
        if isinstance(seen, str):
            return {token: found.get(token, {"error": seen}) for token in tokens}
        _note(found, tokens, seen)
        if len(found) == len(set(tokens)):
            break
    return {token: found.get(token, {"absent": True}) for token in tokens}


def _note(found: dict[str, dict[str, Any]], tokens: Sequence[str], seen: Iterable[Found]) -> None:
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
