"""Show a line per step, with a bar and how many of its instances are in which state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from maestro_cli.study.tally import WORDS
from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint
from maestro_cli.views.fit import cut_middle, pad
from maestro_cli.views.table import cells
from maestro_cli.views.theme import word_style

__all__ = ["StepRow", "bar", "choose_rows", "lines"]

#: Heads where there is little room.
_SHORT = {
    "finished": "done",
    "running": "run",
    "queued": "queue",
    "waiting": "wait",
    "blocked": "block",
    "failed": "fail",
    "cancelled": "canc",
    "skipped": "skip",
    "unknown": "unkn",
}
#: What is left out first where not all columns fit.
_DULL = ("waiting", "skipped", "unknown", "held", "cancelled", "queued", "blocked", "running")
#: Columns of a bar at most, and of a name at least before the bar becomes shorter.
_BAR, _NAME = 30, 24
#: Parts of a bar in their order: words, their characters with and without Unicode.
_PARTS = (
    (("finished", "skipped"), "█", "#"),
    (("running", "unknown"), "▓", "="),
    (("failed",), "x", "x"),
    (("blocked", "cancelled"), "-", "-"),
)


class StepRow(NamedTuple):
    """What is told of a step: name, number of instances, and how many of them by their words."""

    name: str
    size: int
    counts: Mapping[str, int]


def choose_rows(rows: Sequence[StepRow], room: int) -> list[StepRow]:
    """Return the steps that fit, in their order; those with failures and those under way go first."""
    if len(rows) <= room:
        return list(rows)

    def dull(number: int) -> int:
        words = set(rows[number].counts)
        if "failed" in words:
            return 0
        if words & {"running", "unknown"}:
            return 1
        return 2 if len(words) > 1 else 4 if words <= {"waiting"} else 3

    chosen = sorted(sorted(range(len(rows)), key=dull)[: max(0, room)])
    return [rows[number] for number in chosen]


def lines(
    rows: Sequence[StepRow],
    *,
    total: StepRow | None,
    width: int | None,
    paint: Paint,
    unicode: bool,
) -> Iterator[str]:
    """Yield the head and a line per step.

    Args:
        rows: The steps.
        total: Of all of them together, for a last line; None: there is none.
        width: Columns of the terminal; None: no limit.
        paint: Colours.
        unicode: False: bars of ASCII characters.
    """
    every = [*rows, *([total] if total else [])]
    words = [w for w in WORDS if w == "finished" or any(row.counts.get(w) for row in every)]
    names = [clean(row.name) for row in every]
    longest = max([4, *map(cells, names)])
    heads, sizes, name, size = _fit(words, every, longest, width)
    head = f"{pad('step'[:name], name)}  {' ' * (size + 2 if size else 0)}"
    yield paint(
        (
            head + "  ".join(pad(h, s, right=True) for h, s in zip(heads, sizes, strict=True))
        ).rstrip(),
        "dim",
    )
    for number, row in enumerate(every):
        shown = pad(cut_middle(names[number], name, unicode=unicode), name)
        picture = f"{bar(row, size, paint=paint, unicode=unicode)}  " if size else ""
        figures = [
            _figure(row, word, column, paint) for word, column in zip(words, sizes, strict=False)
        ]
        style = "dim bold" if row is total else "bold"
        yield f"{paint(shown, style)}  {picture}{'  '.join(figures)}".rstrip()


def _figure(row: StepRow, word: str, size: int, paint: Paint) -> str:
    text = _text(row, word)
    number = row.counts.get(word, 0)
    return paint(pad(text, size, right=True), word_style(word) if number else "dim")


def _text(row: StepRow, word: str) -> str:
    number = row.counts.get(word, 0)
    if word == "finished":
        return f"{number}/{row.size}"
    return str(number) if number else "-"


def _fit(
    words: list[str], rows: Sequence[StepRow], longest: int, width: int | None
) -> tuple[list[str], list[int], int, int]:
    """Return the heads, the widths of the columns, of the names and of the bars; shorten ``words``."""
    name_least = min(longest, _NAME)
    tries = (
        *((False, size, name_least) for size in (_BAR, 20, 10)),
        (True, 10, min(longest, 12)),
    )
    while True:
        for short, bar_size, least in (*tries, (True, 0, min(longest, 12))):
            heads, sizes = _columns(words, rows, short=short)
            if width is None:
                return heads, sizes, longest, bar_size
            name = width - sum(sizes) - 2 * len(sizes) - (bar_size + 2 if bar_size else 0)
            if name >= least:
                return heads, sizes, min(name, longest), bar_size
        dull = next((word for word in _DULL if word in words), None)
        if dull is None:
            heads, sizes = _columns(words, rows, short=True)
            return heads, sizes, max(1, (width or 0) - sum(sizes) - 2 * len(sizes)), 0
        words.remove(dull)


def _columns(
    words: Sequence[str], rows: Sequence[StepRow], *, short: bool
) -> tuple[list[str], list[int]]:
    heads = [_SHORT.get(word, word) if short else word for word in words]
    sizes = [
        max(len(head), *(len(_text(row, word)) for row in rows))
        for head, word in zip(heads, words, strict=True)
    ]
    return heads, sizes


def bar(row: StepRow, size: int, *, paint: Paint, unicode: bool) -> str:
    """Return a bar of ``size`` columns: finished, running, failed, blocked, and what is to come."""
    if not row.size:
        return " " * size
    parts = [
        (sum(row.counts.get(word, 0) for word in words), words[0], full if unicode else plain)
        for words, full, plain in _PARTS
    ]
    to_come = row.size - sum(number for number, _, _ in parts)
    parts.append((to_come, "waiting", "░" if unicode else "."))
    sizes = _shares([number for number, _, _ in parts], row.size, size)
    return "".join(
        paint(char * share, "dim" if word == "waiting" else word_style(word))
        for (_, word, char), share in zip(parts, sizes, strict=True)
        if share
    )


def _shares(numbers: Sequence[int], total: int, size: int) -> list[int]:
    """Divide columns among numbers; what is there at all gets one at least."""
    shares = [max(1, number * size // total) if number else 0 for number in numbers]
    order = sorted(range(len(numbers)), key=lambda i: -numbers[i])
    while sum(shares) > size:
        largest = max(order, key=lambda i: shares[i])
        shares[largest] -= 1
    rest = size - sum(shares)
    by_rest = sorted(order, key=lambda i: -(numbers[i] * size % total))
    for i in by_rest[:rest]:
        shares[i] += 1
    return shares
