"""Counts in the words of people.

A fault here would be a failure that is counted twice, or nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from maestro_cli.study.tally import WORDS, blocker_in, in_words, sort_by_word, tally
from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import T0, attempt
from maestro_conductor.model import records

History = Callable[[Sequence[records.Record]], Path]


def test_what_failed_is_told_from_what_was_blocked(failed: Path) -> None:
    study = open_study(failed)
    counts = tally(study.known, range(study.total))
    assert counts == {"finished": 4, "blocked": 2, "failed": 1}
    assert list(counts) == [word for word in WORDS if word in counts]
    assert in_words(counts) == "4 finished, 2 blocked, 1 failed"
    assert sort_by_word(study.known, [6, 4, 1]) == {"blocked": [6, 4], "failed": [1]}


def test_what_ran_once_and_was_blocked_after_a_resume_is_blocked(history: History) -> None:
    past = [
        *attempt(0, "FAILED", 7),
        records.resumed(T0 + 100_000, [0]),
        records.state(T0 + 100_000, [[0, 1, "FAILED", T0 + 100_000, None, "after x failed"]]),
    ]
    known = open_study(history(past)).known
    assert tally(known, [0]) == {"blocked": 1}


def test_a_hold_counts_only_where_it_holds_something_back(history: History) -> None:
    study = open_study(history([*attempt(0, "RUNNING", None)[:2], records.held(T0, [0, 1])]))
    assert tally(study.known, range(3)) == {"running": 1, "waiting": 1, "held": 1}


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        ("after make_N.2 failed", "make_N.2"),
        ("after a b was cancelled", "a b"),
        ("exit code 7", None),
        (None, None),
    ],
)
def test_the_instance_in_the_way(reason: str | None, name: str | None) -> None:
    assert blocker_in(reason) == name
