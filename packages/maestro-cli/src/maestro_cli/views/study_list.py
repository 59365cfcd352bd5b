"""Show a line per study: ``maestro ls``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from maestro_cli.study.tally import WORDS
from maestro_cli.ui.paths import shorter
from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint
from maestro_cli.views.fit import cut, cut_middle, pad
from maestro_cli.views.table import cells
from maestro_cli.views.theme import state_style, word_style
from maestro_cli.views.time_text import short_duration

__all__ = ["StudyRow", "lines"]

#: Columns of a folder's name at least, and of the counts.
_FOLDER, _COUNTS = 16, 20


class StudyRow(NamedTuple):
    """What is told of a study.

    Attributes:
        root: Its folder.
        state: Its state; ``DAMAGED`` where it cannot be read.
        created: When it was made, ms since 1970.
        size: The number of its instances.
        counts: How many of them by their words.
        problem: Why it cannot be read.
    """

    root: Path
    state: str
    created: int
    size: int
    counts: Mapping[str, int]
    problem: str = ""


def lines(
    rows: Sequence[StudyRow], *, now: int, width: int | None, paint: Paint, unicode: bool
) -> Iterator[str]:
    """Yield the head and a line per study, none wider than the terminal.

    Args:
        rows: The studies.
        now: ms since 1970.
        width: Columns of the terminal; None: no limit.
        paint: Colours.
        unicode: False: only ASCII characters mark what is cut.
    """
    heads = ("state", "age", "instances", "folder", "counts")
    texts = [
        (
            row.state,
            short_duration((now - row.created) / 1000) if row.created else "",
            str(row.size) if row.size else "",
            clean(shorter(row.root)),
            _counts(row),
        )
        for row in rows
    ]
    sizes = [max(cells(line[i]) for line in (heads, *texts)) for i in range(len(heads))]
    if width is not None:
        for i, least in ((4, _COUNTS), (3, _FOLDER), (4, 1), (3, 1)):
            over = sum(sizes) + 2 * (len(sizes) - 1) - width
            sizes[i] = max(min(sizes[i], least), sizes[i] - max(0, over))
    for number, line in enumerate((heads, *texts)):
        shown = [
            pad(
                (cut_middle if i == 3 else cut)(text, sizes[i], unicode=unicode),
                sizes[i],
                right=i in (1, 2),
            )
            for i, text in enumerate(line)
        ]
        if not number:
            yield paint("  ".join(shown).rstrip(), "dim")
            continue
        row = rows[number - 1]
        shown[0] = paint(shown[0], state_style(row.state) or "bold red")
        worst = next((word for word in ("failed", "running") if row.counts.get(word)), "finished")
        shown[4] = paint(shown[4].rstrip(), word_style(worst) if row.counts else "red")
        yield "  ".join(shown).rstrip()


def _counts(row: StudyRow) -> str:
    if row.problem:
        return clean(row.problem)
    ranked = ("failed", "running", *WORDS)
    words = dict.fromkeys(word for word in ranked if row.counts.get(word))
    return ", ".join(f"{row.counts[word]} {word}" for word in words)
