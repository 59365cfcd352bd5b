"""Would catch half a record that a full disk leaves, and a journal that grows without end."""

from __future__ import annotations

import pytest

from maestro_conductor.core.study_state import StudyState
from maestro_conductor.model import records
from maestro_conductor.testing import SmallDisk

STUDY_ID = "3f9a0c2d71e8"


def test_a_write_that_fails_half_way_is_cut_and_done_again(
    tmp_path, some_records, read_all, written
):
    path = tmp_path / "journal"
    disk = SmallDisk()
    writer = written(path, some_records(1), disk)
    disk.room = 7
    writer.add(some_records()[1])
    with pytest.raises(OSError, match="No space left"):
        writer.flush()
    assert path.stat().st_size == writer.size
    writer.add(some_records()[2])
    assert disk.room == 7
    disk.room = None
    writer.flush()
    assert read_all(path) == some_records(3)
    writer.close()


@pytest.mark.once
def test_a_journal_does_not_grow_without_end(tmp_path, read_all, written):
    path = tmp_path / "journal"
    writer = written(path, [])
    state = StudyState(2, STUDY_ID)
    compacted = 0
    for time in range(60_000):
        row = [0, 1, "QUEUED" if time % 2 else "FAILED", time, 1, "a reason that takes some room"]
        record = records.state(time, [row])
        state.apply(record)
        writer.add(record)
        writer.flush()
        compacted += writer.compact(state, time)
    assert compacted == 1
    assert path.stat().st_size == writer.size < 4_000_000
    writer.close()
    again = StudyState(2, STUDY_ID)
    for record in read_all(path):
        again.apply(record)
    assert (again.state, again.ended, again.reason) == (state.state, state.ended, state.reason)
