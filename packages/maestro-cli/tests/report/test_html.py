"""Parts of the page: whatever a text holds, it is text."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from maestro_cli.report.html import block, section, table, text
from maestro_cli.testing import HOSTILE


class Reader(HTMLParser):
    """Notes tags and texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_text(name: str) -> None:
    reader = Reader()
    reader.feed(table(name, [name], [[name], [name]]))
    assert reader.tags == [
        "div",
        "table",
        "caption",
        "thead",
        "tr",
        "th",
        "tbody",
        "tr",
        "th",
        "tr",
        "th",
    ]
    assert all(each.isprintable() or each == "\n" for each in reader.texts)


def test_a_block_keeps_lines_and_escapes_the_rest() -> None:
    assert block("\na <b>\n\x1b[1m\u202e") == "\n\na &lt;b&gt;\n\\x1b[1m\\u202e"


def test_a_section_of_nothing_is_none() -> None:
    assert section("x", "X", "", "") == ""
    assert section("x", "X", "y").startswith('<section id="x" aria-labelledby="x-h">')


def test_quotes_end_no_attribute() -> None:
    assert text("\"'<") == "&quot;&#x27;&lt;"
