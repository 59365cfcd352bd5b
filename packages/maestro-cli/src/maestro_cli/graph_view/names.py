"""Make names of studies harmless and short enough for a node."""

from __future__ import annotations

import re

from maestro_cli.ui.sanitize import clean
from maestro_cli.views.table import cells

__all__ = ["cut", "plain"]

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
