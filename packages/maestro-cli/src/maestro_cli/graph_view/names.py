"""Make names of studies harmless and short enough for a node."""

from __future__ import annotations

import re

from maestro_cli.ui.sanitize import clean
from maestro_cli.views.table import cells

__all__ = ["cut", "folded", "plain"]

#: What no XML document may hold (https://www.w3.org/TR/xml/#charsets), and `clean` lets through.
_NOT_XML = re.compile("[\ufffe\uffff]")


def plain(text: str) -> str:
    r"""Return a text of one line, with all controls and reordering marks visible (``\x1b``)."""
    return _NOT_XML.sub(lambda found: f"\\u{ord(found.group()):04x}", clean(text))


def cut(text: str, width: int) -> str:
    """Return a text of at most ``width`` columns; what is longer loses its middle.

    >>> cut("a-very-long-name", 9)
    'a-ve…name'
    """
    if cells(text) <= width:
        return text
    room = width - 1
    head, tail = (room + 1) // 2, room // 2
    begin, end = text[:head], text[len(text) - tail :]
    while cells(begin) > head:
        begin = begin[:-1]
    while cells(end) > tail:
        end = end[1:]
    return f"{begin}…{end}"


def folded(text: str, width: int) -> list[str]:
    """Return a list of words as lines that break at its commas; a word that is too long loses its middle.

    >>> folded("3 finished, 1 failed", 12)
    ['3 finished,', '1 failed']
    """
    lines: list[str] = []
    for part in text.split(", "):
        if lines and cells(lines[-1]) + cells(part) + 3 <= width:
            lines[-1] += f", {part}"
        else:
            lines.append(part)
    last = len(lines) - 1
    return [
        cut(f"{line},"[: None if place < last else -1], width) for place, line in enumerate(lines)
    ]
