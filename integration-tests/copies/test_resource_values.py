"""A count or a switch that a parameter gives is taken by maestro-spec's lint and by maestro-graph, or by neither.

A fault here would be a study that passes the lint and cannot be expanded.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from differential import full, quick
from maestro_graph.errors import ResourceError
from maestro_graph.expansion.resources import settle
from maestro_graph.model.graph import Resources as GraphResources
from maestro_spec.format_rules.resource_values import COUNTS, SWITCHES
from maestro_spec.lint.analysis import analyse
from maestro_spec.lint.rules.values import check
from maestro_spec.model.study import Column, Factor, Resources, Step, Study

pytestmark = pytest.mark.once

_WORDS = st.sampled_from(
    [
        "true",
        "True",
        "YES",
        "on",
        "1",
        "false",
        "no",
        "OFF",
        "0",
        "2",
        "y",
        "none",
        "nan",
        "inf",
        "1.0",
        "2.",
        "1.5",
        "1e3",
        "0x1",
        "1_0",
        "٣",
        "²",
        "ı",
    ]
)
_NUMBERS = st.integers(-2, 12).map(str) | st.sampled_from(
    ["007", "9" * 18, "9" * 19, "9" * 5000, "0.0", ".0", "2.00"]
)
_SPACES = st.sampled_from(["", "", " ", "\t", "\n", "\u00a0", "\x1c", "\u200b"])
TEXTS = st.builds(
    "{}{}{}".format, _SPACES, _WORDS | _NUMBERS | st.text("01.5 trueno", max_size=4), _SPACES
)
FIELDS = st.sampled_from([*COUNTS, *SWITCHES])


def by_spec(field: str, text: str) -> bool:
    step = Step(name="s", description="", command="", resources=Resources(**{field: "$(P)"}))
    factor = Factor(columns=(Column("P", values=(text,)),))
    study = Study(name="s", description="", steps=(step,), parameters=(factor,))
    return not [found for found in check(analyse(study, None)) if found.code in ("MS512", "MS513")]


def by_graph(field: str, text: str) -> bool:
    try:
        settle(GraphResources(**{field: text}), "s")
    except ResourceError:
        return False
    return True


@example("nodes", "9" * 5000)
@example("nodes", "٣")
@example("gpus", "0")
@example("nodes", "0")
@example("nested", "")
@given(FIELDS, TEXTS)
@quick
def test_all_copies_agree(field: str, text: str) -> None:
    assert by_spec(field, text) == by_graph(field, text)


@pytest.mark.slow
@given(FIELDS, TEXTS)
@full
def test_all_copies_agree_on_many(field: str, text: str) -> None:
    assert by_spec(field, text) == by_graph(field, text)
