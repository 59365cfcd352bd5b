"""Defines the neutral states of a job, and what an adapter answers about one.

Each scheduler's own words are translated by a `StateTable`, one per scheduler, which cites the
page of the vendor that lists them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

import attrs

from maestro_adapters.interface import PollAnswer

_log = logging.getLogger(__name__)

PENDING = "PENDING"  #: waits in the queue
RUNNING = "RUNNING"
SUSPENDED = "SUSPENDED"  #: stopped for now
FINISHING = "FINISHING"  #: its command has ended, the scheduler tidies up
FINISHED = "FINISHED"  #: ended with exit code 0
FAILED = "FAILED"  #: ended with another exit code
TIMEDOUT = "TIMEDOUT"  #: stopped at the end of its walltime
CANCELLED = "CANCELLED"  #: somebody cancelled it
HWFAILURE = "HWFAILURE"  #: a node failed
PREEMPTED = "PREEMPTED"  #: made room for another job, and will not go on by itself
NOTFOUND = "NOTFOUND"  #: the scheduler was asked, answered, and does not know the job
UNKNOWN = "UNKNOWN"  #: a word that the adapter does not know
UNREACHABLE = "UNREACHABLE"  #: could not ask

#: States in which the job still is, or may be, with the scheduler.
LIVE = frozenset({PENDING, RUNNING, SUSPENDED, FINISHING, UNKNOWN, UNREACHABLE})
#: States that a job does not leave.
FINAL = frozenset({FINISHED, FAILED, TIMEDOUT, CANCELLED, HWFAILURE, PREEMPTED, NOTFOUND})


@attrs.frozen
class JobStatus:
    """What a scheduler says of one job.

    Attributes:
        state: one of the neutral states above.
        native: the scheduler's own word; empty where it said nothing.
        reason: why the job waits, or what ended it.
        exit_code: of its script, where known; 128 + n: ended by signal n.
        started: seconds since 1970, where known.
        ended: seconds since 1970, where known.
        restarts: how often the scheduler requeued it by itself.
        nodes: where it runs or ran, if known.
    """

    state: str
    native: str = ""
    reason: str | None = None
    exit_code: int | None = None
    started: float | None = None
    ended: float | None = None
    restarts: int = 0
    nodes: tuple[str, ...] = ()

    def answer(self) -> PollAnswer:
        """Make the answer of `poll` for this job, of builtin types alone."""
        return {
            "state": self.state,
            "native": self.native,
            "reason": self.reason,
            "exit_code": self.exit_code,
            "started": self.started,
            "ended": self.ended,
            "restarts": self.restarts,
            "nodes": list(self.nodes),
        }


@attrs.frozen
class StateTable:
    """Translates the words of one scheduler.

    Attributes:
        scheduler: its name, for messages.
        source: the vendor's page that lists the words.
        words: word → neutral state.
    """

    scheduler: str
    source: str
    words: Mapping[str, str]

    def translate(self, word: str) -> str:
        """Return the neutral state of a word; `UNKNOWN`, a live state, with a warning, for a new one.

        A scheduler's next release may bring words that nobody here has seen. The job that has one
        is alive for all we know, so it must not be taken for failed.
        """
        state = self.words.get(word)
        if state is None:
            _log.warning(
                "%s says %r of a job, a state that is not among those of %s: taken for alive",
                self.scheduler,
                word,
                self.source,
            )
            return UNKNOWN
        return state


def exit_code_of_wait_status(status: int) -> int:
    """Return the exit code, 128 + n for a death by signal n, of a status as `wait(2)` gives it."""
    signal = status & 0x7F
    return 128 + signal if signal else (status >> 8) & 0xFF
