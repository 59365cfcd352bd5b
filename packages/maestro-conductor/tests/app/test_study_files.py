"""A journal that is begun anew where it should go on, or a torn tail that is not told."""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_conductor.app.study_files import log_path_of, open_journal
from maestro_conductor.errors import WorkspaceError
from maestro_conductor.model import records
from maestro_conductor.observers.log_file import LogFile
from maestro_conductor.observers.log_writer import StudyLog
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.testing import ManualClock, SmallDisk, StepPlan, make_workspace
from maestro_conductor.workspace.graph_file import read_graph
from maestro_conductor.workspace.paths import JOURNAL
from maestro_conductor.workspace.run_file import read_run


@pytest.fixture
def opened(tmp_path):
    """Opens the journal of a study."""
    make_workspace(tmp_path, [StepPlan("a")])
    log = StudyLog(LogFile(tmp_path / "log"), 0, "study", "")
    context = RunContext(tmp_path, read_graph(tmp_path), ManualClock(), log)
    return lambda: open_journal(context, read_run(tmp_path), SmallDisk())


def test_a_journal_is_made_and_goes_on_where_it_ended(opened, tmp_path):
    with opened() as (state, journal):
        assert not state.cancelling
        journal.add(records.cancelled(1))
        journal.flush()
    size = (tmp_path / JOURNAL).stat().st_size
    with opened() as (state, journal):
        assert state.cancelling
        journal.add(records.closed(2, "ended"))
        journal.flush()
    assert (tmp_path / JOURNAL).stat().st_size > size
    with opened() as (state, _):
        assert state.closed == "ended"


def test_a_torn_tail_is_cut_and_told(opened, tmp_path):
    with opened() as (_, journal):
        journal.add(records.cancelled(1))
        journal.flush()
    path = tmp_path / JOURNAL
    whole = path.read_bytes()
    path.write_bytes(whole + whole[-5:][:3])
    with opened():
        assert path.read_bytes() == whole


def test_one_that_cannot_be_opened_is_named(opened, tmp_path):
    path = tmp_path / JOURNAL
    path.mkdir()
    with pytest.raises(WorkspaceError, match=str(path)), opened():
        pass


def test_the_log_has_the_name_of_the_study():
    assert log_path_of(Path("/w"), "my study") == Path("/w/logs/my_study.log")
