"""A problem that is noted with other words, another place, or not at all."""

from __future__ import annotations

import pytest

from maestro_spec.schema.collector import INVALID, ProblemCollector
from maestro_spec.yaml.parser import parse


@pytest.fixture
def document():
    return parse("a: [1]\nb:\n", "study.yaml")[0]


def test_what_is_of_the_wrong_type_is_named_with_its_place(document):
    found = ProblemCollector(document)
    node = document.root.entries["a"][1]
    assert found.wrong(node, ("a",), "`a`", "a text") is INVALID
    (problem,) = found.problems
    assert (problem.code, problem.message) == ("MS104", "`a` must be a text, and is a list.")
    assert (str(problem.place), problem.path) == ("study.yaml:1:4", ("a",))


def test_what_is_empty_is_told_what_to_write(document):
    found = ProblemCollector(document)
    found.wrong(document.root.entries["b"][1], ("b",), "`b`", "a text")
    (problem,) = found.problems
    assert (problem.code, problem.hint) == ("MS105", "Write a text behind `b:`.")


def test_no_more_than_a_thousand_problems_are_noted(document):
    found = ProblemCollector(document)
    for _ in range(1200):
        found.complain("MS101", document.root, (), "x")
    assert len(found.problems) == 1000
