"""What a journal says of a study as a whole.

A fault here would be a request of which nobody learns, or a hold that is put down to the wrong user.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from maestro_cli.study.history import Hold, find_hold, read_history
from maestro_cli.testing import T0, asked, attempt
from maestro_conductor.errors import ConductorError
from maestro_conductor.model import records

History = Callable[[Sequence[records.Record]], Path]


def test_events_are_what_concerns_the_study(history: History) -> None:
    root = history(
        [
            *attempt(0, "FINISHED", 0),
            records.held(T0 + 5, [1, 2]),
            asked(T0 + 5, "hold", "ann", "hold make", 2),
            records.closed(T0 + 6, "SIGTERM"),
            records.ended(T0 + 9, "FAILED", 2),
            records.closed(T0 + 9, "ended"),
        ]
    )
    found = read_history(root)
    assert [(each.time - T0, each.kind) for each in found] == [
        (0, "opened"),
        (5, "request"),
        (6, "closed"),
        (9, "ended"),
    ]
    assert found[1].record["text"] == "hold make"


def test_a_study_that_was_never_started_has_none(staged: Path) -> None:
    assert read_history(staged) == []


def test_who_holds_an_instance_and_since_when(history: History) -> None:
    root = history(
        [
            records.held(T0 + 5, [1]),
            asked(T0 + 5, "hold", "ann", "hold make_N.2", 1),
            records.held(T0 + 7, [2]),
            asked(T0 + 7, "hold", "bob", "hold make", 1),
            records.held(T0 + 8, [3]),
            asked(T0 + 8, "hold", None, "hold post_N.1", 1),
            asked(T0 + 9, "hold", "eve", "hold nothing", 0, accepted=False),
        ]
    )
    assert find_hold(root, 1) == Hold(T0 + 5, "ann")
    assert find_hold(root, 2) == Hold(T0 + 7, "bob")
    assert find_hold(root, 3) == Hold(T0 + 8, None)


@pytest.mark.parametrize(
    ("requests", "hold"), [(["ann"], Hold(T0, "ann")), (["ann", "bob"], Hold()), ([], Hold())]
)
def test_a_hold_older_than_a_compaction(history: History, requests: list[str], hold: Hold) -> None:
    root = history([asked(T0 + i, "hold", by, "hold", 7) for i, by in enumerate(requests)])
    assert find_hold(root, 0) == hold


def test_a_damaged_journal_is_one_error(history: History) -> None:
    path = history(attempt(0, "FINISHED", 0)) / ".maestro/journal.msgpack"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ConductorError):
        read_history(path.parent.parent)
