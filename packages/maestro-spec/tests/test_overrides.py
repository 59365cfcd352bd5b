"""A value of the command line that is dropped, or taken for another one."""

from __future__ import annotations

import pytest

import maestro_spec
from maestro_spec import OverrideInvalid

TEXT = """\
description: {name: test, description: d}
env: {variables: {SIZE: 5, RATE: fast}, labels: {NAME: x$(SIZE)}}
batch: {type: local, shell: /bin/sh, queue: q, flux_uri: u}
study: [{name: a, description: d, run: {cmd: echo $(SIZE)}}]
"""


@pytest.fixture
def study():
    return maestro_spec.load(TEXT)


def test_variables_and_labels_are_replaced_in_their_places(study):
    changed = maestro_spec.override(study, variables={"RATE": "slow", "NAME": "y"})
    assert [(v.name, v.value) for v in changed.env.variables] == [("SIZE", 5), ("RATE", "slow")]
    assert [(v.name, v.value) for v in changed.env.labels] == [("NAME", "y")]
    assert study.env.variables[1].value == "fast"


def test_the_output_path_may_be_new(study):
    changed = maestro_spec.override(study, variables={"OUTPUT_PATH": "out"})
    assert changed.env.variables[-1].name == "OUTPUT_PATH"


def test_batch_keys_are_read_as_in_a_file(study):
    given = {
        "type": "slurm", "nodes": "4", "array": "true", "local_slots": "2", "bank": "007",
        "allocation_args": "{mem: 5}", "queue": None, "flux_uri": "v",
    }  # fmt: skip
    batch = maestro_spec.override(study, batch=given).batch
    assert (batch.type, batch.nodes, batch.array, batch.local_slots) == ("slurm", 4, True, 2)
    assert (batch.bank, batch.allocation_args, batch.queue, batch.uri) == (
        "007",
        {"mem": 5},
        None,
        "v",
    )
    assert batch.shell == "/bin/sh"


def test_the_scheduler_of_the_command_line_is_checked_like_that_of_the_file():
    study = maestro_spec.load(TEXT.replace("$(SIZE)}", "$(SIZE), nodes: 1, walltime: soon}"))
    changed = maestro_spec.override(study, batch={"type": "slurm"})
    found = [(p.code, p.where) for p in maestro_spec.check(changed) if p.severity == "error"]
    assert found == [("MS504", "study[0].run.walltime")]


@pytest.mark.parametrize(
    ("variables", "batch", "code", "hint"),
    [
        ({"SIZ": 1}, {}, "MS101", "Did you mean `SIZE`?"),
        ({"OTHER": 1}, {}, "MS101", "It has: SIZE, RATE, NAME."),
        ({"SIZE": ""}, {}, "MS105", None),
        ({}, {"quque": "q"}, "MS101", "Did you mean `queue`?"),
        ({}, {"local_slots": "many"}, "MS104", None),
        ({}, {"local_slots": "0"}, "MS106", None),
        ({}, {"array": "maybe"}, "MS104", "Write it without quotes: true."),
        ({}, {"args": "x: ["}, "MS104", None),
    ],
)
def test_what_does_not_fit_is_refused(study, variables, batch, code, hint):
    with pytest.raises(OverrideInvalid) as caught:
        maestro_spec.override(study, variables=variables, batch=batch)
    (problem,) = caught.value.problems
    assert (problem.code, problem.hint, problem.place) == (code, hint, None)


def test_all_of_them_are_told_at_once(study):
    with pytest.raises(OverrideInvalid) as caught:
        maestro_spec.override(study, variables={"A": 1, "B": 1}, batch={"C": 1})
    assert len(caught.value.problems) == 3


def test_a_problem_of_an_overridden_value_has_no_place_in_the_file(study):
    changed = maestro_spec.override(study, variables={"SIZE": "$(TYPO)"}, batch={"type": "slrum"})
    places = {p.code: p.place for p in maestro_spec.check(changed)}
    assert places["MS401"] is None
    assert places["MS502"] is None


def test_a_problem_may_go_away_with_what_caused_it():
    study = maestro_spec.load(TEXT.replace("fast", "$(TYPO)"))
    assert "MS401" in {p.code for p in maestro_spec.check(study)}
    changed = maestro_spec.override(study, variables={"RATE": "x"})
    assert "MS401" not in {p.code for p in maestro_spec.check(changed)}
