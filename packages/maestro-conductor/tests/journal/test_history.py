"""Would catch a mistake of ours that is reported without what led to it."""

from __future__ import annotations

from maestro_conductor.core.study_state import StudyState
from maestro_conductor.journal.compaction import compact
from maestro_conductor.journal.history import history_of
from maestro_conductor.journal.replay import replay
from maestro_conductor.model import records

MADE = [
    records.intent(5, [records.IntentRow(i, 1, f"m.{i}.1", "first", "main") for i in (0, 1)]),
    records.submitted(6, [records.SubmittedRow(1, 1, "77", "RUNNING")]),
    records.state(7, [records.StateRow(1, 1, "FAILED", 7, 4, "why")]),
    records.resumed(8, [1]),
]


def test_the_records_of_one_instance_are_told_in_their_order(tmp_path, written):
    path = tmp_path / "journal"
    written(path, MADE).close()
    assert history_of(path, 0) == ["5 intent [0, 1, 'm.0.1', 'first', 'main']"]
    assert history_of(path, 1) == [
        "5 intent [1, 1, 'm.1.1', 'first', 'main']",
        "6 submitted [1, 1, '77', 'RUNNING']",
        "7 state [1, 1, 'FAILED', 7, 4, 'why']",
        "8 resumed 1",
    ]


def test_a_snapshot_is_no_history(tmp_path, written):
    path = tmp_path / "journal"
    written(path, []).close()
    compact(path, replay(StudyState(2, "3f9a0c2d71e8"), MADE), 1, 9)
    assert history_of(path, 1) == []


def test_only_the_latest_is_told_of_a_long_history(tmp_path, written):
    path = tmp_path / "journal"
    many = [records.state(time, [records.StateRow(0, 1, "RUNNING", time)]) for time in range(90)]
    written(path, many).close()
    told = history_of(path, 0)
    assert (len(told), told[-1]) == (50, "89 state [0, 1, 'RUNNING', 89, None, None]")


def test_a_journal_that_cannot_be_read_is_told_instead(tmp_path):
    path = tmp_path / "journal"
    path.write_bytes(b"no journal at all")
    assert "is damaged" in history_of(path, 0)[0]
