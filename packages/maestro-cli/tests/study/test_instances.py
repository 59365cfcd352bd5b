"""Instances as values.

A fault here would be a field of one instance that is shown at another, or under another name.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_cli.study.instances import BAD_STATES, ENDED_STATES, Instance
from maestro_cli.study.workspace_view import open_study
from maestro_conductor.model import records
from maestro_conductor.model.states import NAMES


def test_each_field_of_an_instance_is_that_of_the_journal(failed: Path) -> None:
    study = open_study(failed)
    known = study.known
    known.attempt[2], known.cause[2], known.job[2] = 3, records.CAUSES.index("retry"), "77"
    known.submitted[2], known.started[2], known.ended[2] = 1, 2, 3
    known.restarts[2], known.resubmissions[2], known.retries[2] = 4, 5, 6
    known.exit_code[2], known.reason[2] = 8, "why"
    known.held.add(2)
    every = study.instances()
    graph, step = study.graph, study.steps[study.graph.step_of[2]]
    assert every[2] == Instance(
        number=2,
        name=graph.names[2],
        step=step.name,
        workspace=graph.workspaces[2],
        state=NAMES[known.state[2]],
        job="77",
        attempt=3,
        cause="retry",
        submitted=1,
        started=2,
        ended=3,
        restarts=4,
        resubmissions=5,
        retries=6,
        exit_code=8,
        reason="why",
        parameters=graph.parameters[2],
        held=True,
    )
    assert study.instances(iter([2, 0])) == [every[2], every[0]]


@pytest.mark.parametrize(
    ("submitted", "started", "ended", "run_time", "elapsed"),
    [
        (None, None, None, None, None),
        (1000, None, None, None, 9.0),
        (1000, 3000, None, 7.0, 9.0),
        (1000, 3000, 5000, 2.0, 4.0),
    ],
)
def test_times_are_counted_until_the_end_or_until_now(
    failed: Path,
    submitted: int | None,
    started: int | None,
    ended: int | None,
    run_time: float | None,
    elapsed: float | None,
) -> None:
    instance = open_study(failed).instances([0])[0]
    instance = instance._replace(submitted=submitted, started=started, ended=ended, state="RUNNING")
    assert (instance.run_time(10_000), instance.elapsed(10_000)) == (run_time, elapsed)


def test_states_are_words_of_the_conductor() -> None:
    assert set(BAD_STATES) | set(ENDED_STATES) <= set(NAMES)


@pytest.mark.parametrize(
    ("state", "started", "ended", "seconds"),
    [
        ("RUNNING", 1000, None, 4.0),
        ("RUNNING", None, None, None),
        ("FINISHED", 1000, 3000, 2.0),
        ("FINISHING", 1000, None, None),
        ("UNKNOWN", 1000, None, None),
    ],
)
def test_a_run_time_is_that_of_a_step_that_runs_or_has_ended(
    state: str, started: int | None, ended: int | None, seconds: float | None
) -> None:
    instance = Instance(
        0,
        "a",
        "a",
        "a",
        state,
        "1",
        1,
        "first",
        500,
        started,
        ended,
        0,
        0,
        0,
        None,
        None,
        "",
        False,
    )
    assert instance.run_time(5000) == seconds
    assert instance.elapsed(5000) == (4.5 if ended is None else 2.5)
