"""A step that does not wait for another, or for too many of its instances."""

import json
from pathlib import Path
from typing import Any

import maestro_graph


def test_what_a_step_uses_and_waits_for_is_that_of_the_vectors(make: Any, vectors: Path) -> None:
    rule = json.loads((vectors / "step_links.json").read_text())
    assert rule["studies"]
    for case in rule["studies"]:
        steps = [
            make.step(each["name"], each["command"], *each["depends"]) for each in case["steps"]
        ]
        document = make.spec(
            *steps,
            variables=dict(case["variables"]),
            parameters={name: ["1", "2"] for name in case["parameters"]} or [],
        )
        graph = maestro_graph.expand(document, root="/w")
        instances = list(graph.instances)
        names = [step.name for step in graph.steps]
        found = {}
        for step in graph.steps:
            mine = instances[step.first : step.first + step.count]
            found[step.name] = (
                sorted(step.parameters),
                sorted({names[instances[index].step] for each in mine for index in each.needs}),
                sorted({names[index] for each in mine for index in each.groups}),
            )
        assert found == {
            each["name"]: (each["uses"], each["waits"], each["waits_for_all"])
            for each in case["steps"]
        }, case["what"]
