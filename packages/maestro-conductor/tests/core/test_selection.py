"""Would catch names and conditions that mean other instances than the page says."""

from __future__ import annotations

import pytest

from maestro_conductor.core.selection import parse_condition, select
from maestro_conductor.testing import StepPlan
from maestro_conductor.workspace.graph_file import GraphFile


class Study:
    """What `select` needs of a graph."""

    def __init__(self, study):
        each = study["instances"]
        self.names = [one["name"] for one in each]
        self.values = [one["values"] for one in each]
        self.header = {"parameters": study["parameters"]}
        order = list(dict.fromkeys(one["step"] for one in each))
        self.step_of = [order.index(one["step"]) for one in each]
        self.steps = [self._step(name, each) for name in order]

    def __len__(self):
        return len(self.names)

    @staticmethod
    def _step(name, each):
        places = [i for i, one in enumerate(each) if one["step"] == name]
        used = sorted({key for i in places for key in each[i]["values"]})
        return Step(name, places[0], len(places), {"parameters": used})


class Step:
    def __init__(self, name, first, count, record):
        self.name, self.first, self.count, self.record = name, first, count, record


def test_what_is_selected_is_that_of_the_vectors(vectors):
    known = vectors("selection")
    study = Study(known["study"])
    for case in known["good"]:
        found = select(study, study.values.__getitem__, case["steps"], case["where"])
        assert found == case["chosen"], case
    for case in known["bad"]:
        with pytest.raises(ValueError, match=case["why"]):
            select(study, study.values.__getitem__, case["steps"], case["where"])


def test_a_real_graph_is_asked_for_values_only_where_they_matter(bench, tmp_path):
    b = bench(StepPlan("a", ["x", "y"]), StepPlan("b"))
    file = GraphFile(tmp_path / "bench", b.graph)
    asked = []

    def values_of(i):
        asked.append(i)
        return file.values_of(i)

    name = b.graph.header["parameters"][0]
    value = file.values_of(1)[name]
    assert select(b.graph, values_of, None, [f"{name}={value}"]) == [1]
    assert asked == [0, 1]
    file.close()


@pytest.mark.parametrize("number", ["1" * 301, "1_0", "٣", "nan", "inf", "0x10", "1e"])
def test_what_only_python_takes_for_a_number_is_a_text(number):
    with pytest.raises(ValueError, match="no number"):
        parse_condition(f"N<{number}").fits(1)
