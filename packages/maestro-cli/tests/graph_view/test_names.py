"""Names in nodes: short, of one line, and harmless."""

from __future__ import annotations

import pytest

from maestro_cli.graph_view.names import cut, folded, plain
from maestro_cli.views.table import cells


@pytest.mark.parametrize(
    ("text", "width", "found"),
    [
        ("short", 9, "short"),
        ("a-very-long-name", 9, "a-ve…name"),
        ("abc", 2, "a…"),
        ("日本語日本語", 7, "日…語"),
    ],
)
def test_the_middle_is_what_is_left_out(text: str, width: int, found: str) -> None:
    assert cut(text, width) == found
    assert cells(cut(text, width)) <= width


def test_what_xml_may_not_hold_is_shown() -> None:
    assert plain("a\ufffeb\x00c\ud800") == r"a\ufffeb\x00c\ud800"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("×3: 1 a, 2 b", ["×3: 1 a, 2 b"]),
        ("×9: 3 finished, 1 failed, 5 queued", ["×9: 3 finished,", "1 failed,", "5 queued"]),
        ("a-word-that-is-much-too-long, b", ["a-word-th…oo-long,", "b"]),
        ("", [""]),
    ],
)
def test_lists_break_at_their_commas(text: str, lines: list[str]) -> None:
    assert folded(text, 18) == lines
