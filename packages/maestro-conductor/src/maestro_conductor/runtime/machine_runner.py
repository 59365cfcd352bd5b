"""Feed events to the machine, make its records safe, and perform what it wants done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from maestro_conductor.core.events import Answers, Event
from maestro_conductor.core.instructions import Cancel, Effects, Instruction, Submit
from maestro_conductor.core.machine import Machine
from maestro_conductor.core.queues import SCHEDULED
from maestro_conductor.model import records
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.runtime.execute import Executor
from maestro_conductor.runtime.journal_commit import JournalCommitter
from maestro_conductor.runtime.withdrawal import Withdrawal

__all__ = ["MachineRunner"]


class MachineRunner:
    """Run a machine: nothing that it wants is done before its records are safe.

    Args:
        context: of the run.
        machine: to be run.
        committer: makes records safe.
        executor: performs instructions.
        withdrawal: withdraws attempts that should not start any more.
        note: logs an event of the machine: name and fields.
    """

    def __init__(
        self,
        context: RunContext,
        machine: Machine,
        committer: JournalCommitter,
        executor: Executor,
        withdrawal: Withdrawal,
        note: Callable[[str, dict[str, object]], None],
    ) -> None:
        self._context = context
        self._machine = machine
        self._committer = committer
        self._executor = executor
        self._withdrawal = withdrawal
        self._note = note
        self._todo: deque[Instruction] = deque()

    @property
    def outcome(self) -> tuple[str, int] | None:
        """State and exit code of the study; None: it goes on."""
        return self._machine.state.outcome

    @property
    def idle(self) -> bool:
        """Whether all that followed so far is safe, and done."""
        return self._committer.paused is None and not self._todo

    @property
    def may_amend(self) -> bool:
        """Whether nothing of what an amendment changes is under way any more."""
        return self.idle and self._machine.may_amend

    @property
    def pause(self) -> str | None:
        """Why the study pauses, as people were told; None: it goes on."""
        return self._committer.reason

    def next_time(self) -> float | None:
        """Return when `process` has something to do without an event: s, steady."""
        return self._machine.next_timer()

    def follow(self, root: Path | None) -> None:
        """Go on where the workspace was moved to; None: it was deleted."""
        self._executor.follow(root)

    def start(self) -> None:
        """Take up what is in flight; to be called once, before all else."""
        self._collect(self._machine.start(self._context.now()))

    def take_in(self, events: Sequence[Event]) -> None:
        """Have the machine take in events; what follows from them is done by `process`."""
        self._collect(self._machine.handle(events, self._context.now()))

    def process(self, events: Sequence[Event]) -> None:
        """Take in events, and do what follows, until nothing does."""
        while True:
            for event in events:
                if isinstance(event, Answers):
                    self._committer.note_files(self._executor.file_trouble(event))
            self.take_in(events)
            safe = self._committer.commit(sync=self._must_sync())
            events = self._perform() if safe else self._perform_while_paused()
            if not events:
                return

    def close(self, reason: str) -> None:
        """Record that the conductor leaves.

        Args:
            reason: ``ended``, or the name of a signal.
        """
        self._committer.add(records.closed(self._context.clock.wall(), reason))
        self._committer.commit(sync=False)

    def _collect(self, effects: Effects) -> None:
        for record in effects.records:
            self._committer.add(record)
        for name, fields in effects.notes:
            self._note(name, fields)
        self._todo.extend(effects.instructions)

    def _must_sync(self) -> bool:
        """Tell whether jobs are submitted that outlive this machine's going down."""
        return any(isinstance(item, Submit) and item.queue == SCHEDULED for item in self._todo)

    def _perform(self) -> list[Event]:
        events: list[Event] = [*self._withdrawal.withdraw(self._todo, paused=False)]
        while self._todo:
            answer = self._executor.perform(self._todo.popleft())
            if answer is not None:
                events.append(answer)
        return events

    def _perform_while_paused(self) -> list[Event]:
        """Perform only what needs no journal: cancelling can be asked for twice without harm."""
        for item in [item for item in self._todo if isinstance(item, Cancel)]:
            self._todo.remove(item)
            self._executor.perform(item)
        return [*self._withdrawal.withdraw(self._todo, paused=True)]
