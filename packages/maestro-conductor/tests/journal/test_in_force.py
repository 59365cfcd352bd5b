"""A reader that takes the old graph for the one to which the journal belongs, or the reverse."""

from __future__ import annotations

import pytest

from maestro_conductor.errors import FormatError
from maestro_conductor.journal import JournalWriter, read_state
from maestro_conductor.journal.in_force import amendment_in_force, graph_in_force
from maestro_conductor.testing import StepPlan, make_amendment, make_workspace
from maestro_conductor.workspace.amendment_files import move_in
from maestro_conductor.workspace.paths import GRAPH, JOURNAL
from maestro_conductor.workspace.run_file import read_run

ID = "0123456789ab"


@pytest.fixture
def root(tmp_path):
    make_workspace(tmp_path, [StepPlan("a")])
    make_amendment(tmp_path, [StepPlan("a"), StepPlan("b")], ID)
    return tmp_path


def begin(root, amendment, size):
    study_id = read_run(root).study_id
    writer = JournalWriter.create(root / JOURNAL, study_id, size, amendment=amendment)
    writer.flush()
    writer.close()


def test_a_study_that_is_not_amended(root):
    assert (amendment_in_force(root), graph_in_force(root)) == (None, GRAPH)
    begin(root, None, 1)
    assert (amendment_in_force(root), graph_in_force(root)) == (None, GRAPH)
    assert read_state(root)[0].names == ["a"]


def test_between_the_commit_and_the_move_the_graph_is_that_of_the_amendment(root):
    begin(root, ID, 2)
    assert amendment_in_force(root) == ID
    assert graph_in_force(root) == f".maestro/amendments/{ID}/{GRAPH}"
    graph, state = read_state(root)
    assert (graph.names, len(state), state.amendment) == (["a", "b"], 2, ID)
    move_in(root, ID)
    assert graph_in_force(root) == GRAPH
    assert read_state(root)[0].names == ["a", "b"]


def test_a_journal_put_back_beside_a_newer_graph_is_refused(root):
    move_in(root, ID)
    begin(root, None, 2)
    with pytest.raises(FormatError, match="another form of the study"):
        read_state(root)


def test_a_graph_that_is_lost_is_no_reason_to_take_another(root):
    begin(root, "f" * 12, 1)
    assert graph_in_force(root) == GRAPH
    with pytest.raises(FormatError, match="amendment ffffffffffff, the graph is that of amendment"):
        read_state(root)


def test_an_older_reader_is_told(root):
    begin(root, ID, 2)
    assert b"amended" in (root / JOURNAL).read_bytes()[:200]
    begin_plain = root / "plain"
    make_workspace(begin_plain, [StepPlan("a")])
    begin(begin_plain, None, 1)
    assert b"amended" not in (begin_plain / JOURNAL).read_bytes()
