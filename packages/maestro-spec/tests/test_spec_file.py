"""A `spec.msgpack` that is not what the format page says, or of which a crash leaves a half."""

from __future__ import annotations

import json
import math
import resource
import zlib

import jsonschema
import msgpack
import pytest

import maestro_spec
from maestro_spec.spec_file import features, seal

BASE = """\
description: {name: test, description: d, year: 2026}
env: {variables: {A: 5, B: x}, labels: {L: "$(P)"}}
batch: {type: local}
study: [{name: a, description: d, run: {cmd: "echo $(P) $(L)"}}]
global.parameters: {P: {values: [1, a, [1, 2], 1.5, true, 123456789012345678901234567890], label: P.%%}}
"""


def load(text):
    return maestro_spec.load(text)


def test_the_document_holds_builtin_values_only():
    document = maestro_spec.spec_document(load(BASE))
    assert document["env"]["variables"] == [["A", 5], ["B", "x"]]
    assert document["extra"] == {"year": 2026}
    assert document["source"] is None
    (factor,) = document["parameters"]
    (column,) = factor["columns"]
    assert column["values"] == [1, "a", [1, 2], 1.5, True, "123456789012345678901234567890"]
    assert (factor["csv"], column["range"], column["label"]) == (None, None, "P.%%")
    assert document["steps"][0]["failure"]["success_codes"] == [0]
    assert json.loads(json.dumps(document)) == document


def test_the_document_fits_the_schema_of_the_format(repository):
    path = repository / "docs" / "workspace-format" / "schemas" / "spec.schema.json"
    schema = json.loads(path.read_text())
    samples = sorted((repository / "samples").glob("*.yaml"))
    for study in [load(BASE), *map(maestro_spec.load, samples)]:
        jsonschema.Draft202012Validator(schema).validate(maestro_spec.spec_document(study))


@pytest.mark.parametrize(
    ("old", "new", "feature"),
    [
        ("cmd: ", "retries: 1, cmd: ", "failure"),
        ("cmd: ", "requeue: false, cmd: ", "requeue"),
        ("cmd: ", "results: [{file: a, required: true}], cmd: ", "required_results"),
        ("cmd: ", "enforce walltime: true, cmd: ", "enforce_walltime"),
        ("cmd: ", "allocation_args: {a: 1}, cmd: ", "step_args"),
        ("type: local", "local_slots: 2", "local_slots"),
        ("type: local", "array: true", "array"),
        ("type: local", "user_throttle: 9", "user_throttle"),
        ("type: local", 'launcher: "mpirun -n {procs}"', "launcher"),
        ("{P: {values: [1, a, [1, 2], 1.5, true, 123456789012345678901234567890], label: P.%%}}",
         "{P: {range: {start: 1, stop: 2, num: 2}}}", "parameters.range"),
        ("{P: {values: [1, a, [1, 2], 1.5, true, 123456789012345678901234567890], label: P.%%}}",
         "{grid: [{P: {values: [1], label: a}}, {Q: {values: [1], label: b}}]}", "parameters.product"),
        ("{P: {values: [1, a, [1, 2], 1.5, true, 123456789012345678901234567890], label: P.%%}}",
         "{csv: table.csv}", "parameters.csv"),
    ],
)  # fmt: skip
def test_what_a_reader_must_know_is_named(old, new, feature):
    assert features(load(BASE)) == []
    assert features(load(BASE.replace(old, new, 1))) == [feature]


def test_results_are_there_where_there_are_any_and_ask_for_nothing():
    results = "[{file: $(P).json, keys: {e: a.0}}, {file: b, pattern: '(?P<c>.)', rows: all}]"
    study = load(BASE.replace("cmd: ", f"results: {results}, cmd: ", 1))
    assert features(study) == []
    assert "results" not in maestro_spec.spec_document(load(BASE))["steps"][0]
    assert maestro_spec.spec_document(study)["steps"][0]["results"] == [
        {
            "file": "$(P).json",
            "format": None,
            "keys": [["e", "a.0"]],
            "pattern": None,
            "rows": "last",
            "required": False,
        },
        {
            "file": "b",
            "format": None,
            "keys": None,
            "pattern": "(?P<c>.)",
            "rows": "all",
            "required": False,
        },
    ]


def test_the_file_is_replaced_whole(tmp_path):
    path = tmp_path / "spec.msgpack"
    study = load(BASE)
    maestro_spec.write_spec(study, path)
    content = path.read_bytes()
    crc = zlib.crc32(content[:-4])
    assert msgpack.unpackb(content) == {**maestro_spec.spec_document(study), "crc": crc}
    assert content[-5:] == b"\xce" + crc.to_bytes(4, "big")
    assert list(tmp_path.iterdir()) == [path]

    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            maestro_spec.write_spec(study, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_texts_that_are_no_utf8_keep_their_bytes(tmp_path):
    study = maestro_spec.override(load(BASE), variables={"B": "x\udcff"})
    maestro_spec.write_spec(study, tmp_path / "spec")
    read = msgpack.unpackb((tmp_path / "spec").read_bytes(), unicode_errors="surrogateescape")
    assert ["B", "x\udcff"] in read["env"]["variables"]


def test_numbers_that_are_none_can_be_written(tmp_path):
    study = load(BASE.replace("1.5", ".nan, -.inf"))
    maestro_spec.write_spec(study, tmp_path / "spec")
    values = msgpack.unpackb((tmp_path / "spec").read_bytes())["parameters"][0]["columns"][0][
        "values"
    ]
    assert math.isnan(values[3])


def test_checksums_are_those_of_the_vectors(vectors):
    assert vectors("checksums")["good"]
    for case in vectors("checksums")["good"]:
        assert seal(case["record"]).hex() == case["hex"], case["what"]
