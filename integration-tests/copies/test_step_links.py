"""What a step uses and waits for is found by maestro-spec's lint as by maestro-graph's expansion.

A fault here would be a name that the lint calls unused, or a number of instances, that is not that of the run.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import maestro_graph
from differential import full, quick
from maestro_spec.lint.analysis import analyse
from maestro_spec.model.study import Column, Env, Factor, Step, Study, Variable
from maestro_spec.spec_file import spec_document

pytestmark = pytest.mark.once

_STEPS = ("a", "b", "a-b", "c_d")
_PARAMETERS = ("P", "Q", "A")
_TOKENS = st.sampled_from(
    [f"$({name}{part})" for name in _PARAMETERS for part in ("", ".label", ".name", ".other")]
    + [f"$({name}.workspace)" for name in _STEPS]
    + [
        "$(V)",
        "$(W)",
        "$(WORKSPACE)",
        "$(LAUNCHER)",
        "$(NONE)",
        "$(P .label)",
        "$(p)",
        "$( P)",
        "$(date)",
    ]
)
_WORDS = _TOKENS | st.sampled_from(["echo", " ", "\n", ")", "$", "\\", "P"])
_TEXTS = st.lists(_WORDS, max_size=4).map("".join)
_VALUES = st.sampled_from(
    ["1", "x", "", "$(P)", "$(a.workspace)", "P", "a", "Q.label", "$(P)$(Q.label)", "x$(W)", "a_*"]
)
_DEPENDS = st.sampled_from(
    [name + star for name in _STEPS for star in ("", "_*", "*")] + ["$(V)", "$(W)_*", "x$(P)"]
)


@st.composite
def studies(draw: st.DrawFn) -> Study:
    steps = []
    for number, name in enumerate(_STEPS[: draw(st.integers(1, 4))]):
        earlier = [f"{each}{star}" for each in _STEPS[:number] for star in ("", "_*", "*")]
        depends = draw(st.lists(st.sampled_from(earlier) | _DEPENDS, max_size=2)) if earlier else []
        step = Step(
            name=name,
            description=draw(_TEXTS),
            command=draw(_TEXTS),
            restart=draw(st.none() | _TEXTS),
            pre=draw(st.none() | _TEXTS),
            depends=tuple(depends),
        )
        steps.append(step)
    variables = tuple(Variable(name, draw(_VALUES)) for name in ("V", "W"))
    columns = tuple(
        Column(name, label=f"{name}%%", values=("1", "2"))
        for name in _PARAMETERS[: draw(st.integers(0, 3))]
    )
    factors = (Factor(columns=columns),) if columns else ()
    return Study(
        name="s",
        description="",
        steps=tuple(steps),
        env=Env(variables=variables),
        parameters=factors,
        specroot="/s",
    )  # fmt: skip


def agree(study: Study) -> None:
    try:
        graph = maestro_graph.expand(spec_document(study), root="/w")
        instances = list(graph.instances)
    except maestro_graph.StudyError:
        return
    found = analyse(study, None)
    assert found.used is not None
    assert {step.name: set(step.parameters) for step in graph.steps} == found.used
    for step in graph.steps:
        links = found.links[step.name]
        mine = instances[step.first : step.first + step.count]
        funnels = {graph.steps[index].name for each in mine for index in each.groups}
        waits = {graph.steps[instances[index].step].name for each in mine for index in each.needs}
        assert waits | funnels == {*links.plain, *links.implied, *links.funnels}


@given(studies())
@quick
def test_all_copies_agree(study: Study) -> None:
    agree(study)


@pytest.mark.slow
@given(studies())
@full
def test_all_copies_agree_on_many(study: Study) -> None:
    agree(study)
