"""Would catch a state that is taken from the journal of another study, or lost to a newer field."""

from __future__ import annotations

import pytest

from maestro_conductor.errors import FormatError
from maestro_conductor.journal import JournalWriter, read_state
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.paths import JOURNAL

STUDY_ID = "3f9a0c2d71e8"


@pytest.mark.parametrize(
    ("steps", "study_id"),
    [([StepPlan("a"), StepPlan("b")], STUDY_ID), ([StepPlan("a")], "0123456789ab")],
)
def test_the_journal_of_another_study_is_refused(tmp_path, run, steps, study_id):
    make_workspace(tmp_path, [StepPlan("a")], run={"study_id": STUDY_ID})
    run(tmp_path)
    make_workspace(tmp_path, steps, run={"study_id": study_id})
    with pytest.raises(FormatError, match="journal of another study"):
        read_state(tmp_path)


def test_unknown_kinds_fields_and_elements_are_ignored(tmp_path):
    make_workspace(tmp_path, [StepPlan("a")], run={"study_id": STUDY_ID})
    writer = JournalWriter.create(tmp_path / JOURNAL, STUDY_ID, 1)
    writer.add({"kind": "unheard-of", "time": 1})
    row = [0, 1, "m3f9a0c2d71e8.0.1", "first", "main", "new element"]
    writer.add({"kind": "intent", "time": 2, "jobs": [row], "new": 3})
    writer.flush()
    writer.close()
    _, state = read_state(tmp_path)
    assert state.attempt[0] == 1
