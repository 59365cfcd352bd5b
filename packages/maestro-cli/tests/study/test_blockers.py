"""Which instances keep another one from running.

A fault here would be a step that is said to wait for one that does not block it, or a failure
whose cause is not found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from maestro_cli.study.blockers import root_causes, waits_for
from maestro_cli.study.instances import Instance
from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import attempt
from maestro_conductor.model import records

History = Callable[[Sequence[records.Record]], Path]


def names(instances: list[Instance]) -> list[str]:
    return [each.name for each in instances]


def test_what_has_finished_blocks_nobody(history: History) -> None:
    study = open_study(history(attempt(0, "FINISHED", 0)))
    every = study.instances()
    assert waits_for(study, every[0]) == []
    assert waits_for(study, every[3]) == []
    assert names(waits_for(study, every[4])) == ["make_N.2"]


def test_a_funnel_waits_for_all_instances(history: History) -> None:
    study = open_study(history(attempt(3, "FINISHED", 0)))
    collect = study.instances()[6]
    assert [each.number for each in waits_for(study, collect)] == [4, 5]


def test_the_cause_is_found_behind_steps_that_never_ran(failed: Path) -> None:
    study = open_study(failed)
    every = study.instances()
    assert names(root_causes(study, every[6])) == ["make_N.2"]
    assert root_causes(study, every[0]) == []
