"""A label that does not belong to its value."""

import json
from pathlib import Path

import pytest

from maestro_graph import ParameterError
from maestro_graph.model.parameters import check_distinct, make_labels
from maestro_graph.model.spec import Range
from maestro_graph.parameters.ranges import range_texts, range_values


def test_as_many_labels_as_values() -> None:
    with pytest.raises(ParameterError, match="P has 2 values but 1 labels"):
        make_labels("P", [1, 2], ["x"])


def test_labels_are_those_of_the_vectors(vectors: Path) -> None:
    rule = json.loads((vectors / "labels.json").read_text())
    assert rule["columns"]
    for case in rule["columns"]:
        assert list(make_labels("P", case["values"], case["label"])) == case["labels"], case
    for case in rule["not_labels"]:
        with pytest.raises(ParameterError, match="labels"):
            make_labels("P", case["values"], case["label"])


def test_labels_of_ranges_are_those_of_the_vectors(vectors: Path) -> None:
    cases = json.loads((vectors / "labels.json").read_text())["ranges"]
    assert cases
    for case in cases:
        wanted = Range(**case["range"])
        values = range_values("P", wanted)
        texts = range_texts(wanted, values)
        assert list(make_labels("P", values, case["label"], texts)) == case["labels"], case


def test_a_parameter_that_is_given_twice() -> None:
    check_distinct(["A", "B"])
    with pytest.raises(ParameterError, match="parameter A is given twice"):
        check_distinct(["A", "B", "A"])
