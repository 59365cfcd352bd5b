"""Has nothing start that was announced and should not any more.

That is where the study stops or pauses, or its throttle was lowered. Attempts wait at three places: for the journal, for their turn in the scheduler's thread, and, local ones, for
a slot. What has begun goes on.
"""

from __future__ import annotations

from collections import deque

import attrs

from maestro_conductor.backends.local_backend import LocalLink
from maestro_conductor.backends.scheduler_backend import SchedulerLink
from maestro_conductor.backends.submitter import withdrawn
from maestro_conductor.core.events import Answers, Event
from maestro_conductor.core.instructions import Instruction, Submit
from maestro_conductor.core.machine import Machine
from maestro_conductor.runtime.journal_commit import Pausing

__all__ = ["TakingBack"]


@attrs.frozen
class TakingBack:
    """Looks at the three places.

    Attributes:
        machine: knows what should not start.
        todo: instructions that are not performed yet.
        local, link: hold what was handed to them.
        pausing: knows whether the study pauses.
    """

    machine: Machine
    todo: deque[Instruction]
    local: LocalLink
    link: SchedulerLink | None
    pausing: Pausing

    def take(self, events: list[Event]) -> None:
        """Take back what should not start, and add that to the events.

        The machine has to hear of them before this is called again.
        """
        paused = self.pausing.paused is not None
        if self.machine.closing or self.machine.state.cancelling:
            self._take("the study was stopped", None, events, paused=False)
        elif paused:
            self._take("the study was paused", None, events, paused=True)
        elif surplus := self.machine.surplus:
            self._take("the throttle was lowered", surplus, events, paused=False)

    def _take(self, why: str, most: int | None, events: list[Event], *, paused: bool) -> None:
        reason = f"it was to be started, and {why}"
        found: list[Answers | None] = []

        def left() -> int | None:
            taken = sum(len(answers.jobs) for answers in found if answers is not None)
            return None if most is None else most - taken

        if not paused:  # a paused study hands nothing over
            found += self._announced(reason, most)
        found.append(self.local.withdraw(reason, left()))
        if self.link is not None:
            found.append(self.link.withdraw(reason, left()))
        events += [answers for answers in found if answers is not None]

    def _announced(self, reason: str, most: int | None) -> list[Answers]:
        """What was announced, and is not handed over yet."""
        taken: list[Answers] = []
        for place in reversed(range(len(self.todo))):
            item = self.todo[place]
            if not isinstance(item, Submit) or most == 0:
                continue
            kept = 0 if most is None else max(0, len(item.jobs) - most)
            gone = item.jobs[kept:]
            if kept:
                self.todo[place] = attrs.evolve(item, jobs=item.jobs[:kept])
            else:
                del self.todo[place]
            most = None if most is None else most - len(gone)
            rows = [(job.instance, job.attempt, withdrawn(reason)) for job in gone]
            taken.append(Answers(item.lane, rows))
        return taken
