"""A name is cleaned in one way: by maestro-spec, which looks for clashes, and by maestro-graph.

A fault here would be two steps in one folder, which the lint said could not be.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from differential import full, quick
from maestro_graph.parameters import names as of_graph
from maestro_graph.parameters import naming
from maestro_spec.format_rules import names as of_spec

pytestmark = pytest.mark.once

_LETTERS = st.sampled_from("aB1 _-.()+/%\t\0é日\u0301\udcff") | st.characters(
    exclude_categories=["Cs"]
)
NAMES = st.one_of(
    st.text(_LETTERS, max_size=12),
    st.text("..  __", max_size=4),
    st.builds(lambda letter, number, end: letter * number + end, _LETTERS, st.integers(175, 205), st.text(_LETTERS, max_size=3)),
)  # fmt: skip
FOLDERS = st.lists(NAMES, unique=True, max_size=6)


def agree(names: list[str]) -> None:
    assert of_spec.clean_together(names) == of_graph.clean_together(names)
    for name in names:
        assert of_spec.clean(name) == of_graph.clean(name) == naming.stems(name)[0]
        assert of_spec.is_suffixed(name) == of_graph.clean(name).endswith(of_graph.suffix(name))


@example(["a b", "a_b", "a+b"])
@example(["1e+5", "1e5"])
@example(["", ".", "..", "é", "/"])
@example(["a" * 200, "a" * 201])
@given(FOLDERS)
@quick
def test_all_copies_agree(names: list[str]) -> None:
    agree(names)


@pytest.mark.slow
@given(FOLDERS)
@full
def test_all_copies_agree_on_many(names: list[str]) -> None:
    agree(names)
