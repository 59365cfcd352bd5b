"""Render problems for people: the message, the line, a caret."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from maestro_spec.diagnostics.problems import Place, Problem
from maestro_spec.yaml.nodes import Document

_COLOURS = {"error": "\033[1;31m", "warning": "\033[1;33m", "hint": "\033[1;36m"}
_BOLD, _DIM, _PLAIN = "\033[1m", "\033[2m", "\033[0m"

#: longer lines are cut around the problem
_WIDTH = 100


def render_text(
    problems: Iterable[Problem], document: Document | None = None, *, colour: bool = False
) -> str:
    """Return problems as text that ends in a line end; an empty text for none.

    Args:
        problems: what to show.
        document: the document they are about (``study.document``), to show the lines.
        colour: use the terminal's colours.
    """
    return "".join(_one(p, document, colour) for p in problems)


def _one(problem: Problem, document: Document | None, colour: bool) -> str:
    def paint(text: str, code: str) -> str:
        return f"{code}{text}{_PLAIN}" if colour else text

    place = paint(f"{_clean(str(problem.place))}: ", _BOLD) if problem.place else ""
    kind = paint(f"{problem.severity}: ", _COLOURS[problem.severity])
    code = paint(f" [{problem.code}]", _DIM)
    lines = [f"{place}{kind}{_clean(problem.message)}{code}"]
    if problem.place and document:
        lines += _excerpt(problem.place, document, paint(_carets(problem.place), _BOLD))
    if problem.hint:
        lines.append(f"  = {_clean(problem.hint)}")
    return "\n".join(lines) + "\n"


def _excerpt(place: Place, document: Document, carets: str) -> list[str]:
    column = place.column - 1
    start = 0 if column < _WIDTH * 3 // 4 else column - _WIDTH // 2
    line = document.line(place.line, start, _WIDTH)
    if not line.strip():
        return []
    number = str(place.line)
    margin = " " * len(number)
    return [f" {number} | {_clean(line)}", f" {margin} | {' ' * (column - start)}{carets}"]


def _carets(place: Place) -> str:
    length = place.end_column - place.column if place.end_line == place.line else 1
    return "^" * max(1, min(length, _WIDTH // 2))


def _clean(text: str) -> str:
    """Return a text without control characters, which could speak to the terminal; replace what is no text."""
    if text.isprintable():
        return text
    plain = "".join(c if c.isprintable() else " " if c == "\t" else "�" for c in text)
    return plain.encode("utf-8", "replace").decode("utf-8")


def render_summary(problems: Sequence[Problem], files: int) -> str:
    """Return one line that counts problems, for the end of a report."""
    counts = [
        f"{number} {severity}{'' if number == 1 else 's'}"
        for severity in ("error", "warning", "hint")
        if (number := sum(p.severity == severity for p in problems))
    ]
    looked_at = f"{files} file{'' if files == 1 else 's'}"
    return f"{', '.join(counts) if counts else 'No problems'} in {looked_at}.\n"
