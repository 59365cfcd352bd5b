"""List what the machine wants done: its outputs, performed by the loop after their records are safe."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from maestro_conductor.model.records import Record

__all__ = [
    "Cancel",
    "Effects",
    "Find",
    "Instruction",
    "ReadAttemptFile",
    "Resize",
    "Submission",
    "Submit",
    "WriteScripts",
]


@attrs.frozen
class Submission:
    """An attempt that is to be submitted.

    Attributes:
        instance, attempt: which.
        token: names it to the scheduler.
        restart: the restart script is to run.
    """

    instance: int
    attempt: int
    token: str
    restart: bool


@attrs.frozen
class Submit:
    """Submit these attempts; answered by `Answers`."""

    queue: str
    jobs: Sequence[Submission]


@attrs.frozen
class Cancel:
    """Cancel these jobs; their end is seen by polling."""

    queue: str
    jobs: Sequence[str]


@attrs.frozen
class Find:
    """Ask what became of these attempts; answered by `Found`. Rows: instance, attempt, token."""

    queue: str
    jobs: Sequence[tuple[int, int, str]]


@attrs.frozen
class ReadAttemptFile:
    """Read an attempt file; answered by `AttemptFileRead`.

    Attributes:
        instance, attempt: which.
        void: if it is not there, make it: then the attempt never ran, and never will.
    """

    instance: int
    attempt: int
    void: bool


@attrs.frozen
class WriteScripts:
    """Write the scripts of these instances and run nothing; answered by `ScriptsWritten`."""

    instances: Sequence[int]


@attrs.frozen
class Resize:
    """Run jobs in so many slots from here on."""

    queue: str
    slots: int


Instruction = Submit | Cancel | Find | ReadAttemptFile | WriteScripts | Resize


@attrs.define
class Effects:
    """What follows from one call of the machine.

    Attributes:
        records: for the journal, in order; they have been applied to the state.
        instructions: to be performed once the records are safe.
        notes: for the log alone: event and fields.
    """

    records: list[Record] = attrs.Factory(list)
    instructions: list[Instruction] = attrs.Factory(list)
    notes: list[tuple[str, dict[str, object]]] = attrs.Factory(list)
