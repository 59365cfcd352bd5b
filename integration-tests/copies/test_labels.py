"""The values of a parameter have one list of labels: maestro-spec looks for clashes, maestro-graph names folders.

A fault here would be two combinations in one folder, which the lint said could not be.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from differential import full, quick
from maestro_graph.errors import ParameterError
from maestro_graph.files.spec_file import view
from maestro_graph.parameters.table_builder import table_of_spec
from maestro_spec.lint.tables import table_of
from maestro_spec.model.study import Column, Factor, Range, Study
from maestro_spec.spec_file import spec_document

pytestmark = pytest.mark.once

_TEXTS = st.sampled_from(["", "%%", "P.%%", "%%%", "%%%%", "%", "a", " ", "{}", "%s", "$(P)", "é"])
_VALUES: Any = st.one_of(
    st.integers(-2, 3),
    st.sampled_from([0.1, 1.0, -0.0, 1e22, 1e-7, 2**64, -(2**63) - 1, True, False, "", "1", "%%", "a b", "True"]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text("ab%\n", max_size=3),
)  # fmt: skip
_LABELS = st.none() | _TEXTS | st.text("P%.", max_size=5) | st.lists(_TEXTS, max_size=4).map(tuple)
COLUMNS = st.builds(
    lambda values, label: Column("P", label=label, values=tuple(values)),
    st.lists(_VALUES, min_size=1, max_size=4),
    _LABELS,
)


def by_spec(study: Study) -> tuple[Any, Any] | None:
    column = table_of(study)[0].columns[0]
    return None if column.labels is None else (column.values, column.labels)


def by_graph(study: Study) -> tuple[Any, Any] | None:
    try:
        column = table_of_spec(view(spec_document(study))).columns[0]
    except ParameterError:
        return None
    return tuple(map(str, column.values)), column.labels


def agree(column: Column) -> None:
    study = Study(name="s", description="", steps=(), parameters=(Factor(columns=(column,)),))
    assert by_spec(study) == by_graph(study)


@example(Column("P", label="", values=(1, 2)))
@example(Column("P", label=("a",), values=(1, 2)))
@example(Column("P", label=(), values=(1,)))
@example(Column("P", label="%%%", values=("%%",)))
@given(COLUMNS)
@quick
def test_all_copies_agree(column: Column) -> None:
    agree(column)


_ENDS: Any = st.one_of(
    st.integers(-5, 20),
    st.integers(-5000, 50000).map(lambda number: number / 100),
    st.sampled_from([273.15, 373.15, 1e-9, 5e-324, 1e22, 1.7976931348623157e308, 2**53 + 1, -0.0]),
    st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip
RANGES = st.builds(
    lambda start, stop, num, label: Column("P", label=label, range=Range(start, stop, num=num)),
    _ENDS,
    _ENDS,
    st.integers(1, 30),
    st.sampled_from([None, "%%", "x%%-%%", "", "same"]),
)


def distinct(column: Column) -> None:
    """Values that differ have labels that differ."""
    agree(column)
    if column.label != "same":
        values, labels = by_spec(Study("s", "", (), parameters=(Factor(columns=(column,)),))) or (
            (),
            (),
        )
        assert len(set(map(float, values))) == len(set(labels))


@example(Column("P", range=Range(273.15, 373.15, num=4)))
@given(RANGES)
@quick
def test_all_copies_agree_on_ranges(column: Column) -> None:
    distinct(column)


@pytest.mark.slow
@given(RANGES)
@full
def test_all_copies_agree_on_many_ranges(column: Column) -> None:
    distinct(column)


@pytest.mark.slow
@given(COLUMNS)
@full
def test_all_copies_agree_on_many(column: Column) -> None:
    agree(column)
