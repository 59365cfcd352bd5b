"""Draw a table for a terminal: a frame, a head, rows whose cells are folded to the width.

rich's tables look the same; they need 6 s for 9 000 rows, these need 0.1 s.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import NamedTuple

from attrs import frozen

from maestro_cli.ui.style import Paint


@frozen
class Column:
    """A column of a table.

    Attributes:
        title: Its head.
        least: Width below which it is folded only when the others are at theirs.
        tight: The same, once all are at ``least`` and that is not enough.
        style: Returns the style of a cell, from its text and the number of its row.
    """

    title: str
    least: int
    tight: int
    style: Callable[[str, int], str]


class _Frame(NamedTuple):
    left: str
    line: str
    joint: str
    right: str


@frozen
class _Box:
    #: The upper edge, the head, the line below it, a row, the lower edge.
    top: _Frame
    head: _Frame
    middle: _Frame
    row: _Frame
    bottom: _Frame


_UNICODE = _Box(*(_Frame(*frame) for frame in ("┏━┳┓", "┃ ┃┃", "┡━╇┩", "│ ││", "└─┴┘")))
_ASCII = _Box(*(_Frame(*frame) for frame in ("+-++", "| ||", "+-++", "| ||", "+-++")))


def draw(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    *,
    title: str,
    width: int | None,
    paint: Paint,
    unicode: bool,
) -> Iterator[str]:
    """Yield the lines of a table.

    Args:
        columns: Heads and styles.
        rows: Harmless texts, one per column.
        title: A line above.
        width: Columns of the terminal; None: nothing is folded.
        paint: Colours.
        unicode: False: a frame of ASCII characters.
    """
    box = _UNICODE if unicode else _ASCII
    widths, gap = _fit(columns, rows, width)
    full = sum(widths) + (2 * gap + 1) * len(widths) + 1
    for line in _fold(title, max(full, cells(title) if width is None else width)):
        yield paint(_centre(line, full).rstrip(), "bold")
    yield _edge(box.top, widths, gap)
    heads = [_fold(column.title, size) for column, size in zip(columns, widths, strict=True)]
    yield from _lines(heads, widths, gap, box.head, lambda _, text: paint(text, "bold"))
    yield _edge(box.middle, widths, gap)
    for number, row in enumerate(rows):
        styles = [column.style(text, number) for column, text in zip(columns, row, strict=True)]
        folded = [_fold(text, size) for text, size in zip(row, widths, strict=True)]
        yield from _lines(folded, widths, gap, box.row, partial(_styled, paint, styles))
    yield _edge(box.bottom, widths, gap)


def _styled(paint: Paint, styles: Sequence[str], index: int, text: str) -> str:
    return paint(text, styles[index]) if styles[index] else text


def least_width(columns: Sequence[Column]) -> int:
    """Return the width below which folded columns cannot be read."""
    return sum(column.tight for column in columns) + len(columns) + 1


def cells(text: str) -> int:
    """Return how many columns of the terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_cells_of, text))


@cache
def _cells_of(char: str) -> int:
    # Marks that stand above another character, and those that only join two.
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _fit(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None
) -> tuple[list[int], int]:
    """Return the widths of the columns, and the blanks on each side of a cell."""
    widths = [
        max(cells(column.title), max((cells(row[index]) for row in rows), default=0), 1)
        for index, column in enumerate(columns)
    ]
    if width is None:
        return widths, 1
    least = [column.least for column in columns]
    tight = [column.tight for column in columns]
    for gap, floor in ((1, least), (0, least), (0, tight), (0, [1] * len(columns))):
        room = width - (2 * gap + 1) * len(widths) - 1
        fitted = _shrink(widths, floor, room)
        if sum(fitted) <= room:
            return fitted, gap
    return tight, 0


def _shrink(widths: Sequence[int], floor: Sequence[int], room: int) -> list[int]:
    """Return narrower widths: the widest columns shrink first, none below its floor."""
    fitted = list(widths)
    while sum(fitted) > room:
        spare = [size if size > least else 0 for size, least in zip(fitted, floor, strict=True)]
        widest = max(range(len(fitted)), key=spare.__getitem__)
        if not spare[widest]:
            break
        fitted[widest] -= 1
    return fitted


def _fold(text: str, size: int) -> list[str]:
    """Break a text behind a blank or a mark where that is possible, else anywhere."""
    lines: list[str] = []
    while cells(text) > size:
        cut = size
        while cut > 1 and cells(text[:cut]) > size:
            cut -= 1
        mark = max((text.rfind(char, 0, cut) for char in _MARKS), default=-1)
        if text[cut] == " ":
            mark = cut
        elif (blank := text.rfind(" ", 0, cut)) > 0:
            mark = blank
        elif mark < cut // 2:
            mark = cut - 1
        lines.append(text[: mark + 1].rstrip(" ") if mark < cut else text[:cut])
        text = text[mark + 1 :]
    return [*lines, text]


#: Names, paths, times and durations are broken behind these.
_MARKS = " -_./:"


def _lines(
    folded: Sequence[list[str]],
    widths: Sequence[int],
    gap: int,
    frame: _Frame,
    style: Callable[[int, str], str],
) -> Iterator[str]:
    left, _, joint, right = frame
    blank = " " * gap
    inner = f"{blank}{joint}{blank}"
    for level in range(max(map(len, folded))):
        shown = [
            style(index, _pad(lines[level] if level < len(lines) else "", size))
            for index, (lines, size) in enumerate(zip(folded, widths, strict=True))
        ]
        yield f"{left}{blank}{inner.join(shown)}{blank}{right}"


def _edge(frame: _Frame, widths: Sequence[int], gap: int) -> str:
    left, line, joint, right = frame
    return left + joint.join(line * (size + 2 * gap) for size in widths) + right


def _pad(text: str, size: int) -> str:
    return text.ljust(size) if text.isascii() else text + " " * (size - cells(text))


def _centre(text: str, size: int) -> str:
    return " " * max(0, (size - cells(text)) // 2) + text
