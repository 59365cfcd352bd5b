"""Attempts of instances, as the journal has them.

A fault here would be an attempt that is forgotten, so that a slot seems idle while it ran.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from maestro_cli.study.attempts import Attempt, read_attempts
from maestro_cli.testing import T0
from maestro_conductor.model import records
from maestro_conductor.model.records import IntentRow, SnapshotRow, StateRow, SubmittedRow

History = Callable[[Sequence[records.Record]], Path]


def made(instance: int, number: int, at: int) -> records.Record:
    return records.intent(T0 + at, [IntentRow(instance, number, "m", "retry", "main")])


def ended(instance: int, number: int, at: int, state: str) -> list[StateRow]:
    return [StateRow(instance, number, state, T0 + at, 1, None)]


def test_each_attempt_has_its_times(history: History) -> None:
    root = history(
        [
            made(0, 1, 0),
            made(1, 1, 0),
            records.submitted(T0 + 5, [SubmittedRow(0, 1, "7", "RUNNING")]),
            records.state(
                T0 + 90,
                [*ended(0, 1, 90, "FAILED"), StateRow(0, 1, "QUEUED", T0 + 90, None, None)],
            ),
            made(0, 2, 100),
            made(0, 2, 150),  # it was withdrawn in between
            records.submitted(T0 + 160, [SubmittedRow(0, 2, "8", "PENDING")]),
            records.state(T0 + 170, [StateRow(0, 2, "RUNNING", T0 + 170, None, None)]),
        ]
    )
    assert read_attempts(root, {0}) == {
        0: [
            Attempt(1, T0, T0 + 5, T0 + 90, "FAILED"),
            Attempt(2, T0 + 100, T0 + 170, None, None),
        ]
    }
    assert read_attempts(root, set()) == {}


def test_a_compacted_journal_has_the_latest(history: History) -> None:
    rows: list[SnapshotRow] = [
        SnapshotRow(
            "FINISHED", 3, "9", "m", "retry", "main", 0, 0, 2, 0, T0, T0 + 70, T0 + 80, 0, None
        ),
        SnapshotRow(
            "INITIALIZED", 0, None, None, None, "main", 0, 0, 0, 0, None, None, None, None, None
        ),
    ]
    root = history([records.snapshot(T0 + 100, 0, rows)])
    assert read_attempts(root, {0, 1}) == {0: [Attempt(3, T0 + 70, T0 + 70, T0 + 80, "FINISHED")]}
