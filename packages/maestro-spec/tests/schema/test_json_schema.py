"""A study that the JSON Schema refuses and we read, or the other way round."""

from __future__ import annotations

import copy
import json

import jsonschema
import pytest
import yaml

from maestro_spec.schema.json_schema import json_schema, schema_text

#: a value of a type that no required field takes
WRONG = {"nothing": "that fits"}

STUDY = """\
description: {name: test, description: d}
env:
  variables: {A: 1}
  dependencies:
    paths: [{name: D, path: p}]
    git: [{name: G, path: p, url: u}]
study:
  - name: a
    description: d
    run: {cmd: echo, nodes: $(N), walltime: "24:00:00", exclusive: {allocation: true}, retry_pause: 1}
  - {name: b, description: d, run: {cmd: echo, depends: [a], "exit codes": {success: [0]}}}
global.parameters:
  grid:
    - P: {values: [1], label: P.%%}
    - Q: {range: {start: 1, stop: 2, num: 2}}
    - {csv: table.csv}
"""

REQUIRED = [
    ("description",), ("description", "name"), ("description", "description"), ("study",),
    ("study", 0, "name"), ("study", 0, "description"), ("study", 0, "run"), ("study", 0, "run", "cmd"),
    ("env", "dependencies", "paths", 0, "name"), ("env", "dependencies", "paths", 0, "path"),
    ("env", "dependencies", "git", 0, "name"), ("env", "dependencies", "git", 0, "url"),
    ("global.parameters", "grid", 1, "Q", "range", "start"),
]  # fmt: skip


@pytest.fixture
def validator():
    jsonschema.Draft7Validator.check_schema(json_schema())
    return jsonschema.Draft7Validator(json_schema())


def parent_of(document, path):
    for part in path[:-1]:
        document = document[part]
    return document


def test_the_schema_is_printed_as_json():
    assert json.loads(schema_text()) == json_schema()


def test_samples_fit(validator, repository):
    samples = sorted((repository / "samples").glob("*.yaml"))
    assert len(samples) >= 4
    for sample in samples:
        validator.validate(yaml.safe_load(sample.read_text()))


def test_a_study_with_everything_fits(validator):
    validator.validate(yaml.safe_load(STUDY))


@pytest.mark.parametrize("path", REQUIRED, ids=str)
def test_without_a_required_field_it_does_not_fit(validator, path):
    document = yaml.safe_load(STUDY)
    del parent_of(document, path)[path[-1]]
    assert not validator.is_valid(document)


@pytest.mark.parametrize("path", REQUIRED, ids=str)
def test_with_a_required_field_of_another_type_it_does_not_fit(validator, path):
    document = yaml.safe_load(STUDY)
    parent_of(document, path)[path[-1]] = copy.deepcopy(WRONG)
    assert not validator.is_valid(document)


def required_fields(study):
    """The paths of everything that a study cannot do without."""
    yield from [
        ("description",),
        ("description", "name"),
        ("description", "description"),
        ("study",),
    ]
    for number in range(len(study["study"])):
        step = ("study", number)
        yield from [(*step, "name"), (*step, "description"), (*step, "run"), (*step, "run", "cmd")]
    table = study.get("global.parameters", {})
    factors = [(("grid", n), factor) for n, factor in enumerate(table.get("grid", []))]
    for place, factor in factors or [((), table)]:
        for name, parameter in factor.items():
            path = ("global.parameters", *place, name)
            if "values" in parameter:
                yield from [path, (*path, "values"), (*path, "label")]
            elif "range" in parameter:
                yield from [(*path, "range"), (*path, "range", "start"), (*path, "range", "stop")]
            elif "csv" in parameter:
                yield (*path, "csv")


def test_required_fields_of_each_sample(validator, repository):
    seen = 0
    for sample in sorted((repository / "samples").glob("*.yaml")):
        whole = yaml.safe_load(sample.read_text())
        for path in required_fields(whole):
            seen += 1
            retyped = copy.deepcopy(whole)
            parent_of(retyped, path)[path[-1]] = copy.deepcopy(WRONG)
            assert not validator.is_valid(retyped), (sample.name, path)
            # Without all of its parameters a study may still be one.
            if path[0] != "global.parameters" or path[-1] in {"values", "label", "start", "stop"}:
                deleted = copy.deepcopy(whole)
                del parent_of(deleted, path)[path[-1]]
                assert not validator.is_valid(deleted), (sample.name, path)
    assert seen > 80


@pytest.mark.parametrize(
    "change",
    [
        {"study": []}, {"env": {"variables": {"A": True}}}, {"env": {"other": 1}},
        {"study": [{"name": "a", "description": "d", "run": {"cmd": "x", "nodes": 0}}]},
        {"study": [{"name": "a", "description": "d", "run": {"cmd": "x", "depend": []}}]},
        {"study": [{"name": "a", "description": "d", "run": {"cmd": "x", "depends": ["b", "b"]}}]},
        {"study": [{"name": "a", "description": "d", "run": {"cmd": "x", "priority": "urgent"}}]},
    ],
)  # fmt: skip
def test_broken_ones_do_not_fit(validator, change):
    assert not validator.is_valid(yaml.safe_load(STUDY) | change)


def test_extensions_are_marked_as_ours():
    run = json_schema()["properties"]["study"]["items"]["properties"]["run"]["properties"]
    assert "extension" in run["retries"]["description"]
    assert "extension" not in run["cmd"]["description"]
    assert "retry_pause" in run
    assert "retry pause" in run
