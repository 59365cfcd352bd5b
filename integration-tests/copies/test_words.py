"""The names of fields and features, and what a field is where it is not said, are those of the format page.

A fault here would be a resource that the one writes and the other leaves out, or a feature that no reader lets pass.
"""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any, is_typeddict

import attrs
import pytest

import maestro_graph
import workspace_files as files
from maestro_adapters.job.options import AdapterOptions
from maestro_conductor.model.graph import FailureRule
from maestro_conductor.workspace import graph_stream, headers
from maestro_graph.files import graph_file, header, spec_file
from maestro_graph.files import records as graph_records
from maestro_graph.model import graph as of_graph
from maestro_graph.model import spec as of_graph_spec
from maestro_spec import spec_file as of_spec_file
from maestro_spec.format_rules.resource_values import COUNTS, SWITCHES
from maestro_spec.model import records as spec_records
from maestro_spec.model import study as of_spec

pytestmark = pytest.mark.once

#: A study that uses every feature.
_STUDY = of_spec.Study(
    name="s",
    description="",
    steps=(
        of_spec.Step(
            name="a",
            description="",
            command="true",
            resources=of_spec.Resources(
                requeue=True, enforce_walltime=True, launcher_args={"a": "b"}
            ),
            failure=of_spec.Failure(retries=1),
            results=(of_spec.Result("a", required=True),),
        ),
    ),
    parameters=(
        of_spec.Factor(
            columns=(of_spec.Column("P", label="%%", range=of_spec.Range(0, 1, step=1)),)
        ),
        of_spec.Factor(csv="none.csv"),
    ),
    batch=of_spec.Batch(launcher="x", local_slots=1, array=True, user_throttle=1),
)


def page_features(file: str) -> set[str]:
    """The features that the page's table names for a file."""
    text = files.build_schemas().PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w.]+)` \| (spec|graph|spec, graph) \|", text, re.MULTILINE)
    return {name for name, where in rows if file in where.split(", ")}


def test_features_are_those_of_the_page() -> None:
    assert len(page_features("spec")) > len(page_features("graph")) > 0
    assert spec_file.FEATURES == page_features("spec") == set(of_spec_file.features(_STUDY))
    assert graph_file.FEATURES == graph_stream.FEATURES == page_features("graph")


def test_a_graph_asks_for_what_its_study_uses() -> None:
    """All but the parameters, which are put in by then."""
    plain = attrs.evolve(_STUDY, parameters=())
    graph = maestro_graph.expand(
        of_spec_file.spec_document(plain), maestro_graph.ParameterTable(), root="/w"
    )
    assert set(graph_file.required_features(graph)) == page_features("graph")


def defaults(kind: type[Any]) -> dict[str, Any]:
    """Field → its default, as a file holds it; of records' own fields, without places in the study."""
    given = {}
    for field in attrs.fields(kind):
        default = field.default
        if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
            default = default.factory()
        if isinstance(default, tuple | frozenset):
            default = sorted(default)
        elif attrs.has(type(default)):
            default = attrs.asdict(default, recurse=False)
        given[field.name] = default
    for name in ("at", "given"):
        given.pop(name, None)
    return given


@pytest.mark.parametrize(
    "name",
    ["Resources", "Failure", "Batch", "Result", "Factor", "Column", "Range", "GitDependency"],
)
def test_fields_and_defaults_are_the_same(name: str) -> None:
    by_spec = defaults(getattr(of_spec, name))
    by_graph = defaults(getattr(of_graph if hasattr(of_graph, name) else of_graph_spec, name))
    assert list(by_spec) == list(by_graph) == list(files.page()[0][name].fields)
    assert by_spec == by_graph


def records(module: ModuleType) -> dict[str, list[str]]:
    """Name of a record on the page → fields of its type here."""
    return {
        name.removesuffix("Record"): list(kind.__annotations__)
        for name, kind in vars(module).items()
        if is_typeddict(kind) and kind.__module__ == module.__name__
    }


@pytest.mark.parametrize("module", [spec_records, graph_records])
def test_types_of_records_have_the_fields_of_the_page(module: ModuleType) -> None:
    assert {"Spec", "Batch", "Resources"} <= records(module).keys()
    for name, fields in records(module).items():
        assert fields == [field for field in files.page()[0][name].fields if field != "crc"], name


def test_options_of_adapters_are_those_of_the_batch_block() -> None:
    options, batch = defaults(AdapterOptions), defaults(of_spec.Batch)
    shared = options.keys() & batch.keys()
    assert {key: options[key] for key in shared} == {key: batch[key] for key in shared}
    # Of the others, a step has them, or the conductor knows what they mean.
    assert batch.keys() - shared == {"type", "nodes", "procs", "gpus", "local_slots"}


def test_an_end_means_the_same() -> None:
    rule = defaults(FailureRule)
    assert rule == defaults(of_spec.Failure)
    assert FailureRule.read({}) == FailureRule() == FailureRule.read(rule)


def test_counts_and_switches_are_fields() -> None:
    assert {*COUNTS, *SWITCHES} <= set(files.page()[0]["Resources"].fields)


def test_all_write_one_version() -> None:
    title = files.build_schemas().PAGE.read_text(encoding="utf-8").split("\n", 1)[0]
    version = title.removeprefix("# The workspace format, version ")
    for written in (of_spec_file.VERSION, header.VERSION, headers.VERSION):
        assert ".".join(map(str, written)) == version
