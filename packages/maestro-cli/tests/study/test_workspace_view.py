"""The state of a study, as its workspace shows it.

A fault here would be a dead conductor that is taken for a living one, or a study that was stopped
and is told to have died.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from attrs import evolve

from maestro_cli import app
from maestro_cli.errors import StudyError
from maestro_cli.study.workspace_view import STUDY_STATES, open_study, read_head
from maestro_cli.testing import T0, attempt
from maestro_conductor.errors import ConductorError
from maestro_conductor.model import records
from maestro_conductor.workspace.conductor_lock import hold

History = Callable[[Sequence[records.Record]], Path]


def test_a_conductor_that_left_and_had_no_room_to_say_so_is_not_dead(
    history: History,
) -> None:
    root = history([])
    with hold(root) as held:
        held.me = evolve(held.me, boot="boot", pid=4242)  # who opened the journal
    assert open_study(root).state == "STOPPED"
    with hold(root):
        pass  # another one, which never opened the journal
    assert open_study(root).state == "DEAD"


def test_the_moment_of_a_study_whose_log_has_an_odd_name(staged: Path, tmp_path: Path) -> None:
    odd = str(tmp_path / "\udcff.log")
    assert app.main(["-l", odd, "run", "-n", "-o", "ODD", str(tmp_path / "chain.yaml")]) == 0
    assert open_study(tmp_path / "ODD").created > T0 > 0


def test_counts_of_a_study_and_of_a_step(failed: Path) -> None:
    study = open_study(failed)
    assert study.counts() == {"FINISHED": 4, "FAILED": 3}
    make, _, collect = study.steps
    assert study.counts(make) == {"FINISHED": 2, "FAILED": 1}
    assert study.counts(collect) == {"FAILED": 1}
    assert sum(map(sum, (study.counts(step).values() for step in study.steps))) == study.total


def test_the_head_of_a_graph(staged: Path, tmp_path: Path) -> None:
    head, steps = read_head(staged)
    assert (head["name"], head["steps"], head["instances"]) == ("chain", 3, 7)
    assert steps == [("make", 0, 3), ("post", 3, 3), ("collect", 6, 1)]
    with pytest.raises(ConductorError, match="cannot be read"):
        read_head(tmp_path)


def test_instances_that_may_run_are_told_from_those_that_wait(history: History) -> None:
    study = open_study(history(attempt(0, "FINISHED", 0)))
    assert study.counts() == {"INITIALIZED": 6, "FINISHED": 1}
    study.mark_queued()
    assert study.counts() == {"QUEUED": 3, "INITIALIZED": 3, "FINISHED": 1}


def test_records_and_parameters_of_an_instance(staged: Path) -> None:
    study = open_study(staged)
    record = study.record(study.instances([1])[0])
    assert (record["label"], record["script"]) == ("make_N.2", "make_N.2")
    assert study.parameters(1) == {"N": 2}
    assert study.parameters(6) == {}


@pytest.fixture
def amended(failed: Path) -> Path:
    """The failed study, amended by a fourth value."""
    copy = failed / "chain.yaml"
    copy.write_text(copy.read_text().replace("[1, 2,", "[1, 2, 4,"))
    shutil.copy(failed / ".maestro/graph.msgpack", failed.parent / "earlier.msgpack")
    assert app.main(["amend", "-y", "OUT"]) == 0
    return failed


def test_the_graph_in_force_is_read_where_a_killed_conductor_left_it(amended: Path) -> None:
    after = open_study(amended)
    assert after.total == 9
    names = [each.name for each in after.instances()]
    private = amended / ".maestro"
    staged = private / f"amendments/{after.amendment}/.maestro"
    staged.mkdir(parents=True)
    (private / "graph.msgpack").rename(staged / "graph.msgpack")
    shutil.copy(amended.parent / "earlier.msgpack", private / "graph.msgpack")
    study = open_study(amended)
    assert study.counts() == after.counts()
    assert [each.name for each in study.instances()] == names
    # As soon as a conductor moves it, it is found there.
    late = open_study(amended)
    (staged / "graph.msgpack").rename(private / "graph.msgpack")
    assert late.graph.names == study.graph.names


def test_a_graph_that_is_amended_after_the_study_was_opened_is_not_mixed_up(
    failed: Path,
) -> None:
    study = open_study(failed)
    copy = failed / "chain.yaml"
    copy.write_text(copy.read_text().replace("[1, 2,", "[1, 2, 4,"))
    assert app.main(["amend", "-y", "OUT"]) == 0
    with pytest.raises(StudyError, match="was amended just now"):
        study.instances()


def test_a_journal_of_another_graph_is_refused(amended: Path) -> None:
    shutil.copy(amended.parent / "earlier.msgpack", amended / ".maestro/graph.msgpack")
    with pytest.raises(StudyError, match="is not the graph that"):
        open_study(amended)


def test_every_state_is_explained_on_the_page(commands_page: str) -> None:
    for state in STUDY_STATES:
        assert f"`{state}`" in commands_page
