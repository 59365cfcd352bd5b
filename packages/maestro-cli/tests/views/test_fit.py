"""Texts that fit a number of columns.

A fault here would be a line that the terminal folds, or a command that cannot be copied.
"""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro_cli.views.fit import command, cut, cut_middle, joined, pad, wrap
from maestro_cli.views.table import cells

TEXTS = st.text(st.sampled_from("ab _.世界é\u0301"))


@given(TEXTS, st.integers(0, 30))
def test_what_is_cut_fits(text: str, size: int) -> None:
    for short in (cut(text, size), cut_middle(text, size), cut_middle(text, size, unicode=False)):
        assert cells(short) <= size
        assert short == text or cells(text) > size


def test_a_name_keeps_its_ends() -> None:
    assert cut_middle("simulate_TEMP.300", 11) == "simul…P.300"
    assert cut_middle("世界世界世界", 8) == "世…世界"
    assert cut("simulate", 5) == "simu…"
    assert pad("世", 4) == "世  "
    assert pad("7", 3, right=True) == "  7"


@given(TEXTS, st.integers(4, 30))
def test_what_is_wrapped_fits_and_is_whole(text: str, width: int) -> None:
    found = list(wrap(text, width))
    assert max(map(cells, found)) <= width
    assert "".join(found).replace(" ", "") == text.replace(" ", "")


def test_parts_share_lines() -> None:
    assert list(joined(["one", "two", "three"], 11)) == ["one · two", "three"]
    assert list(joined(["one", "two"], None)) == ["one · two"]
    assert list(joined([], 10)) == []


@pytest.mark.parametrize("path", ["OUT", "a/very/long/path/to/a/study", "it's a 世界 study " * 3])
@pytest.mark.parametrize("width", [20, 24, 40, 200])
def test_a_command_can_be_copied(path: str, width: int) -> None:
    words = ["printf", "<%s>", path]
    found = list(command("Go on with: ", words, width))
    assert max(map(cells, found)) <= width
    text = "\n".join(found)
    text = text.removeprefix("Go on with:")
    done = subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout == f"<{path}>"
