"""A study that `load` reads as another one, or an error of its that says too little."""

from __future__ import annotations

import attrs
import pytest

import maestro_spec
from maestro_spec import SpecError, StudyInvalid, StudyUnreadable

TEXT = """\
description: {name: test, description: A study for tests., author: me}
env:
  variables: {OUTPUT_PATH: ./out, SIZE: 5, RATE: 0.5}
  labels: {NAME: run_$(P.label), LIST: [1, a]}
  sources: [setup.sh]
  dependencies:
    paths: [{name: DATA, path: data}]
    git: [{name: CODE, path: code, url: "https://example.org/x.git", tag: v1}]
batch: {type: slurm, host: h, bank: b, queue: q, nodes: "2", flux_uri: local, array: true,
        allocation_args: {mem: 5}, unknown: 1}
study:
  - name: one
    description: The first step.
    run:
      cmd: $(LAUNCHER) ./a $(P)
      nodes: 2
      procs: $(SIZE)
      walltime: 24:00:00
      exclusive: {allocation: true, launcher: $(SIZE)}
      priority: High
      retries: 2
      retry_pause: 1.5
      exit codes: {success: [0, 3], retry: [4]}
      allow_failure: true
      enforce walltime: true
      launcher args: {gpu-bind: none}
  - name: two
    description: The second step.
    run: {cmd: echo, depends: [one_*], walltime: 90, exclusive: true}
global.parameters:
  P: {values: [1, a, 1.5, true], label: P.%%}
"""


@pytest.fixture
def study():
    return maestro_spec.load(TEXT)


def test_everything_is_there(study):
    one, two = study.steps
    assert (study.name, study.extra) == ("test", {"author": "me"})
    assert [(v.name, v.value) for v in study.env.variables] == [
        ("OUTPUT_PATH", "./out"), ("SIZE", 5), ("RATE", 0.5),
    ]  # fmt: skip
    assert [v.value for v in study.env.labels] == ["run_$(P.label)", "[1, 'a']"]
    assert study.env.git[0].tag == "v1"
    assert (study.batch.nodes, study.batch.uri, study.batch.array) == (2, "local", True)
    assert (one.resources.procs, one.resources.walltime) == ("$(SIZE)", "24:00:00")
    assert one.resources.priority == "high"
    assert one.resources.exclusive_allocation is True
    assert one.resources.exclusive_launcher == "$(SIZE)"
    assert one.resources.enforce_walltime is True
    assert one.resources.launcher_args == {"gpu-bind": "none"}
    assert (one.failure.retries, one.failure.retry_pause) == (2, 1.5)
    assert (one.failure.success_codes, one.failure.retry_codes) == ((0, 3), (4,))
    assert one.failure.allow_failure
    assert (two.depends, two.resources.walltime) == (("one_*",), "90")
    assert study.parameters[0].columns[0].values == (1, "a", 1.5, True)


def test_values_of_the_model_are_frozen(study):
    for value in (study, study.env, study.steps[0], study.steps[0].resources, study.batch):
        name = attrs.fields(type(value))[0].name
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(value, name, "changed")


def test_a_file_and_its_text_are_the_same_study(tmp_path, study):
    path = tmp_path / "study.yaml"
    path.write_text(TEXT)
    from_file = maestro_spec.load(path)
    assert from_file.steps == study.steps
    assert (from_file.source, from_file.specroot) == (str(path), str(tmp_path))
    assert maestro_spec.load(str(path)) == from_file
    assert maestro_spec.load(path, specroot="/other").specroot == "/other"


def test_a_str_without_a_line_end_is_a_path():
    with pytest.raises(StudyUnreadable):
        maestro_spec.load("study: []")


def test_everything_that_is_wrong_is_told_at_once_with_its_place():
    text = """\
description: {name: test}
env: {variables: {A: yes}}
batch: {type: slurm, host: h, queue: q}
study:
  - {name: one, description: d, run: {cmd: echo $(TYPO), depend: [two]}}
  - {name: two, description: d, run: {cmd: echo, depends: [tree], nodes: 0}}
  - {name: two, description: d, run: {cmd: echo}}
"""
    with pytest.raises(StudyInvalid) as caught:
        maestro_spec.load(text)
    told = [(p.code, p.place.line) for p in caught.value.problems]
    assert told == [
        ("MS103", 1), ("MS104", 2), ("MS401", 5), ("MS101", 5),
        ("MS302", 6), ("MS106", 6), ("MS301", 7),
    ]  # fmt: skip
    assert "and 5 more" in str(caught.value)
    assert caught.value.document.line(2) == "env: {variables: {A: yes}}"


def test_problems_of_the_rules_alone_do_not_keep_a_study_from_loading():
    study = maestro_spec.load(TEXT.replace("one_*", "three"))
    assert "MS302" in {p.code for p in maestro_spec.check(study)}


@pytest.mark.parametrize("text", ["\n", "# nothing\n", "a\n", "[1]\n", "5\n"])
def test_what_is_no_map_at_all_is_no_study(text):
    with pytest.raises(StudyInvalid) as caught:
        maestro_spec.load(text)
    assert caught.value.problems[0].code in {"MS104", "MS105"}


def test_all_errors_have_one_base():
    for kind in (StudyInvalid, StudyUnreadable, maestro_spec.OverrideInvalid):
        assert issubclass(kind, SpecError)
