"""Two instances in one folder, or a folder whose name depends on the others."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from maestro_graph.parameters.names import clean, clean_together

NAMES = st.text(st.characters(codec="utf-8") | st.sampled_from("a b_+%./-\u00e9"), max_size=12)


def test_vectors(vectors: Path) -> None:
    rule = json.loads((vectors / "names.json").read_text())
    assert rule["cleaned"]
    for case in rule["cleaned"]:
        assert clean(case["name"]) == case["cleaned"], case
    for case in rule["together"]:
        assert clean_together(case["names"]) == case["cleaned"], case


@given(st.lists(NAMES, unique=True, max_size=20))
def test_names_of_a_folder_are_distinct(names: list[str]) -> None:
    cleaned = clean_together(names)
    assert len(set(cleaned)) == len(names)
    for name in cleaned:
        assert name.strip(".")
        assert len(name.encode()) <= 220
        assert "/" not in name
        assert " " not in name


@given(st.lists(NAMES, unique=True, max_size=8))
def test_order_does_not_matter(names: list[str]) -> None:
    there = dict(zip(names, clean_together(names), strict=True))
    back = dict(zip(names[::-1], clean_together(names[::-1]), strict=True))
    assert there == back
