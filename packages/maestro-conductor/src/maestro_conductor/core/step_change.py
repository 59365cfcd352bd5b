"""Change the study's state, and collect what follows from that: the one way to do either."""

from __future__ import annotations

from maestro_conductor.core.dependencies import satisfied
from maestro_conductor.core.events import Now
from maestro_conductor.core.instructions import Effects, Instruction
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.errors import IllegalTransitionError
from maestro_conductor.model import records
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.records import Record, StateRow
from maestro_conductor.model.states import ALLOWED, IN_FLIGHT, NAMES

__all__ = ["StepChange"]


class StepChange:
    """Changes the state of a study, and collects the effects.

    Attributes:
        graph: what is run.
        state: what the journal says; changed by the very records that go there.
        now: the time of this call of the machine.
        effects: its records, instructions and notes so far.
    """

    def __init__(self, graph: Graph, state: StudyState) -> None:
        self.graph = graph
        self.state = state
        self.now = Now(0, 0.0)
        self.effects = Effects()

    def begin(self, now: Now) -> None:
        """Begin a call of the machine: no effects yet."""
        self.now = now
        self.effects = Effects()

    def record(self, record: Record) -> None:
        """Apply a record, and have it written."""
        self.state.apply(record)
        self.effects.records.append(record)

    def row(
        self,
        i: int,
        new: int,
        *,
        at: int | None = None,
        exit_code: int | None = None,
        reason: str | None = None,
    ) -> None:
        """Change an instance's state; rows that follow each other share a record.

        Args:
            i: the instance.
            new: its state.
            at: ms since 1970; None: now.
            exit_code: of its command.
            reason: for people.

        Raises:
            IllegalTransitionError: it may not go there from where it is.
        """
        old = self.state.state[i]
        if new not in ALLOWED[old] and new != old:
            raise IllegalTransitionError(
                i,
                f"{self.graph.names[i]} may not go from {NAMES[old]} to {NAMES[new]} "
                f"(attempt {self.state.attempt[i]}, reason: {reason})",
            )
        wall = self.now.wall
        # Clocks of other machines differ, and ours may be set back: no end before its beginning.
        at = wall if at is None else max(at, self.state.started[i], self.state.submitted[i])
        row = StateRow(i, self.state.attempt[i], NAMES[new], at, exit_code, reason)
        record = records.state(wall, [row])
        self.state.apply(record)
        made = self.effects.records
        last = made[-1] if made else None
        if last is not None and last["kind"] == "state":
            last["steps"].append(row)
        else:
            made.append(record)

    def instruct(self, instruction: Instruction) -> None:
        """Have something done."""
        self.effects.instructions.append(instruction)

    def note_late(self, i: int, attempt: int, job: object) -> None:
        """Have it logged that an answer came too late to matter."""
        self.effects.notes.append(
            ("late_answer", {"instance": i, "attempt": attempt, "job_id": job})
        )

    def is_current(self, i: int, attempt: int) -> bool:
        """Tell whether an attempt is the instance's latest, and in flight."""
        return self.state.attempt[i] == attempt and self.state.state[i] in IN_FLIGHT

    def is_satisfied(self, i: int) -> bool:
        """Tell whether what depends on an instance may run."""
        return satisfied(self.graph, self.state, i)
