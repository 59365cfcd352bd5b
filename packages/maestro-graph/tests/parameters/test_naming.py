"""Scripts or logs whose name is no file's, or is cut where it need not be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro_graph.parameters.naming import label, stems


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a_P c=d", "a_P c=d"),
        ("a/b\tc", "a_b_c"),
        ("über", "über"),
        ("x\x85y", "x_y"),
    ],
)
def test_label_keeps_the_name(name: str, expected: str) -> None:
    assert label(name) == expected


@given(st.text(st.characters(codec="utf-8"), max_size=400))
def test_label_fits_a_file_name(name: str) -> None:
    assert len(label(name).encode()) <= 200
    assert "/" not in label(name)


def test_a_name_that_is_safe_is_kept_for_all():
    assert stems("a_N.3") == ("a_N.3", "a_N.3")
    assert stems("a N.3") == ("a_N.3", "a N.3")
    assert stems("..") == ("..-9d891e73", "..")
