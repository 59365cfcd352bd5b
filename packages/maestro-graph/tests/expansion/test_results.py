"""A result that is looked for in another place than the step put it."""

from pathlib import Path
from typing import Any

import pytest

from maestro_graph import Result, ResultError, expand, read_graph, write_graph


def result(file: str, **more: Any) -> dict[str, Any]:
    plain = {"format": None, "keys": None, "pattern": None, "rows": "last", "required": False}
    return {"file": file, **plain, **more}


def study(make: Any, *results: dict[str, Any], **more: Any) -> Any:
    step = {**make.step("a", "x $(P)"), "results": list(results)}
    return expand(make.spec(step, **{"parameters": {"P": [1, 2]}, **more}), root="/w")


def test_one_for_all_instances(make: Any, tmp_path: Path, schema: Any) -> None:
    graph = study(
        make,
        result("$(OUT)/./e.json", keys=[["e", "a.0"]], format="json", rows="all"),
        result("log", pattern="$(P) (?P<x>.)"),
        variables={"OUT": "o"},
    )
    assert graph.steps[0].results == (
        Result(file="o/e.json", keys=(("e", "a.0"),), format="json", rows="all"),
        Result(file="log", pattern="$(P) (?P<x>.)"),
    )
    assert [each.results for each in graph.instances] == [None, None]
    write_graph(graph, tmp_path / "g")
    head, step, *instances, _ = read_graph(tmp_path / "g")
    assert step["results"][0] == result("o/e.json", keys=[["e", "a.0"]], format="json", rows="all")
    assert not any("results" in each for each in instances)
    assert "required_results" not in head["requires"]
    for record in (head, step, *instances):
        schema("graph").validate(record)


def test_of_an_instance_where_its_parameters_are_in_the_name(
    make: Any, tmp_path: Path, schema: Any
) -> None:
    graph = study(make, result("e_$(P).json", required=True))
    assert graph.steps[0].results == (Result(file="e_1.json", required=True),)
    assert [each.results for each in graph.instances] == [
        None,
        (Result(file="e_2.json", required=True),),
    ]
    write_graph(graph, tmp_path / "g")
    records = list(read_graph(tmp_path / "g"))
    assert records[0]["requires"] == ["output_path", "required_results"]
    assert records[3]["results"] == [result("e_2.json", required=True)]
    for record in records:
        schema("graph").validate(record)


def test_its_file_uses_parameters(make: Any) -> None:
    step = {**make.step("a", "x"), "results": [result("e_$(P.label)")]}
    graph = expand(make.spec(step, parameters={"P": [1, 2]}), root="/w")
    assert len(graph.instances) == 2
    assert graph.steps[0].results[0].file == "e_P.1"


@pytest.mark.parametrize(
    "file", ["../e", "/e", "a/../e", "a/", ".", "$(P)", "$(OUTPUT_PATH)/e", "$(UP)/e", "a\0"]
)
def test_none_is_outside_of_the_folder(make: Any, file: str) -> None:
    with pytest.raises(ResultError, match="a result of step a is '"):
        study(make, result(file), parameters={"P": ["x", "../y"]}, variables={"UP": ".."})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"file": 1}, "`file` of result 0 of step 0 .a. is 1"),
        ({"file": ""}, "`file`"),
        ({"file": "a", "format": "xml"}, "one of json, csv, yaml, keys"),
        ({"file": "a", "keys": ["e"]}, "a list of rows of a name and a path"),
        ({"file": "a", "rows": "first"}, "one of last, all"),
        ({"file": "a", "required": 1}, "true or false"),
        ("a", "must be a map"),
    ],
)
def test_what_is_none_is_refused(make: Any, wrong: Any, message: str) -> None:
    with pytest.raises(Exception, match=message):
        study(make, wrong)


def test_absent_fields_have_their_defaults(make: Any) -> None:
    assert study(make, {"file": "a"}).steps[0].results == (Result(file="a"),)
