"""Tables: widths, folding, and the look of rich's.

A fault here would be a line wider than the terminal, or text that folding loses.
"""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro_cli.ui.style import Paint
from maestro_cli.views.table import Column, cells, draw

PLAIN = Paint(on=False)


def table(rows: list[list[str]], width: int | None, *, unicode: bool = True) -> list[str]:
    columns = [Column(f"Head {n}", 6, 3, lambda _, __: "") for n in range(len(rows[0]))]
    return list(draw(columns, rows, title="Study: x", width=width, paint=PLAIN, unicode=unicode))


WORDS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=30)


@given(st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=1, max_size=8))
def test_no_line_is_wider_than_the_terminal(rows: list[list[str]]) -> None:
    lines = table(rows, 40)
    body = [line for line in lines if line[:1] in "┏┃┡│└"]
    assert {cells(line) for line in body} == {cells(body[0])}
    assert cells(body[0]) <= 40


@given(st.lists(st.lists(WORDS, min_size=2, max_size=2), min_size=1, max_size=8))
def test_folding_loses_only_spaces(rows: list[list[str]]) -> None:
    def squeezed(text: str) -> str:
        return "".join(sorted(text.replace(" ", "")))

    lines = [line for line in table(rows, 30) if line.startswith("│")]
    shown = "".join(line.replace("│", "") for line in lines)
    assert squeezed(shown) == squeezed("".join(map("".join, rows)).replace("│", ""))


def test_it_looks_like_a_table_of_rich() -> None:
    from rich.console import Console
    from rich.table import Table

    rows = [["say_hello_NAME.Pam", "FINISHED", "2026-11-22 10:00:00"], ["bye", "世界", "--"]]
    theirs = Table(title="Study: x")
    for number in range(3):
        theirs.add_column(f"Head {number}", overflow="fold")
    for row in rows:
        theirs.add_row(*row)
    console = Console(file=io.StringIO(), width=200)
    console.print(theirs)
    expected = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    ours = table(rows, 200)
    assert ours[1:] == expected[1:]
    assert ours[0].strip() == expected[0].strip()


def test_a_terminal_without_unicode() -> None:
    lines = table([["a", "b"]], None, unicode=False)
    assert "\n".join(lines).isascii()
    assert lines[1] == "+--------+--------+"


@pytest.mark.parametrize("text", ["世界", "e\u0301", "plain"])
def test_cells_as_terminals_count_them(text: str) -> None:
    from rich.cells import cell_len

    assert cells(text) == cell_len(text)
