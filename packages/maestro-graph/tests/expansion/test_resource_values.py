"""A count or a switch of a parameter that is refused although the lint took it."""

import json
from pathlib import Path

from maestro_graph.expansion.resource_values import switch, whole_number


def test_vectors(vectors: Path) -> None:
    rule = json.loads((vectors / "resource_values.json").read_text())
    assert rule["numbers"]
    for case in rule["numbers"]:
        assert whole_number(case["text"]) == case["number"], case
    for text in rule["not_numbers"]:
        assert whole_number(text) is None, text
    for case in rule["switches"]:
        assert switch(case["text"]) is case["on"], case
    for text in rule["not_switches"]:
        assert switch(text) is None, text
