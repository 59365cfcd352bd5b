"""Withdraw attempts that were to start and should not any more.

That is where the study stops or pauses, a part of it is held or cancelled, or its throttle was lowered. Attempts wait at three places:
for the journal, for the scheduler's thread, and, local ones, for a slot. What runs goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence

import attrs

from maestro_conductor.backends.submitter import withdrawn
from maestro_conductor.core.events import Answers
from maestro_conductor.core.instructions import Instruction, Submit
from maestro_conductor.core.machine import Machine
from maestro_conductor.runtime.execute import Backend

__all__ = ["Withdrawal"]


@attrs.frozen
class Withdrawal:
    """Withdraw attempts at all three places.

    Attributes:
        machine: knows what should not start.
        backends: hold what was submitted to them; the first is asked first.
    """

    machine: Machine
    backends: Sequence[Backend]

    def withdraw(self, todo: deque[Instruction], *, paused: bool) -> list[Answers]:
        """Withdraw what should not start; the machine has to hear of it before the next call.

        Args:
            todo: instructions that are not performed yet; attempts are taken out of it.
            paused: the journal cannot be written.

        Returns:
            Refusals that may pass.
        """
        if self.machine.closing or self.machine.state.cancelling:
            return self._withdraw(todo, "the study was stopped", None)
        if paused:  # what is still to be submitted waits for the journal anyway
            return self._withdraw(deque(), "the study was paused", None)
        gone: list[Answers] = []
        if unwanted := self.machine.unwanted:
            gone = self._withdraw(todo, "was held or cancelled", None, frozenset(unwanted))
            unwanted.clear()
        surplus = self.machine.surplus - sum(len(answers.jobs) for answers in gone)
        if surplus > 0:
            gone += self._withdraw(todo, "the throttle was lowered", surplus)
        return gone

    def _withdraw(
        self,
        todo: deque[Instruction],
        why: str,
        most: int | None,
        only: Collection[int] | None = None,
    ) -> list[Answers]:
        reason = f"it was to be started, and {why}"
        gone = _from_todo(todo, reason, most, only)
        for backend in self.backends:
            taken = sum(len(answers.jobs) for answers in gone)
            left = None if most is None else most - taken
            answers = backend.withdraw(reason, left, only)
            if answers is not None:
                gone.append(answers)
        return gone


def _from_todo(
    todo: deque[Instruction], reason: str, most: int | None, only: Collection[int] | None
) -> list[Answers]:
    """Withdraw what is not submitted yet, the last first; None: all. `only`: of these instances."""
    gone: list[Answers] = []
    for place in reversed(range(len(todo))):
        item = todo[place]
        if not isinstance(item, Submit) or most == 0:
            continue
        chosen = [job for job in item.jobs if only is None or job.instance in only]
        jobs = chosen if most is None else chosen[max(0, len(chosen) - most) :]
        if not jobs:
            continue
        left = set(jobs)
        kept = [job for job in item.jobs if job not in left]
        if kept:
            todo[place] = attrs.evolve(item, jobs=kept)
        else:
            del todo[place]
        most = None if most is None else most - len(jobs)
        rows = [(job.instance, job.attempt, withdrawn(reason)) for job in jobs]
        gone.append(Answers(item.queue, rows))
    return gone
