"""What is to become of a submission to a `FakeScheduler`."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from maestro_adapters.job import states

__all__ = ["Plan"]


@attrs.frozen(kw_only=True)
class Plan:
    """What becomes of one submission.

    Attributes:
        queued: s in the queue.
        runs: s after that; None: until somebody ends it.
        state: how it ends.
        exit_code: of its script; None: the state's own, 0 or 1.
        reason: why it ends so.
        polls: states that the first polls see, whatever the time: ``["UNKNOWN", "SUSPENDED"]``.
        refused: the scheduler refuses it with this message, and has no such job.
        transient: of a refusal: trying again makes sense.
        lost: the submitter gets no answer, an error with `unknown`.
        arrives: s until a job whose answer was lost arrives all the same; None: it never does.
    """

    queued: float = 0
    runs: float | None = 0
    state: str = states.FINISHED
    exit_code: int | None = None
    reason: str | None = None
    polls: Sequence[str] = ()
    refused: str | None = None
    transient: bool = False
    lost: bool = False
    arrives: float | None = 0
