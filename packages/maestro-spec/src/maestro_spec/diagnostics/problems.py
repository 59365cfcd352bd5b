"""Represent a problem of a study file, and its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import attrs

from maestro_spec.diagnostics.codes import CODES

Severity = Literal["error", "warning", "hint"]
Path = tuple["str | int", ...]


@attrs.frozen
class Place:
    """A stretch of a file.

    Attributes:
        file: as it was given; ``<text>`` for a study that was no file.
        line: 1 for the first.
        column: 1 for the first; in characters.
        end_line: line of the end.
        end_column: column after the last character.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@attrs.frozen
class Problem:
    """One thing that is wrong, or suspicious, or could be better.

    Attributes:
        code: stable name, ``MS301``; ``maestro-spec explain CODE`` tells more.
        severity: ``error``, ``warning`` or ``hint``; each code has one.
        place: where in the file; None for something from the command line.
        path: where in the document: ``("study", 0, "run", "cmd")``.
        message: one sentence that says what is wrong.
        hint: one sentence that says what to do, or None.
    """

    code: str
    severity: Severity
    place: Place | None
    path: Path
    message: str
    hint: str | None = None

    @property
    def where(self) -> str:
        """The path as people write it: ``study[0].run.cmd``."""
        return path_text(self.path)

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{place}{self.severity} {self.code}: {self.message}{hint}"


def problem(
    code: str, place: Place | None, path: Path, message: str, hint: str | None = None
) -> Problem:
    """Return a problem with the severity that its code has."""
    return Problem(code, CODES[code].severity, place, path, message, hint)


def path_text(path: Path) -> str:
    """Return ``("study", 0, "run")`` as ``study[0].run``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return each problem once, in the order of the file; those without a place first."""
    return sorted(
        dict.fromkeys(problems),
        key=lambda p: (p.place.line, p.place.column, p.code) if p.place else (0, 0, p.code),
    )


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return whether any of them is an error."""
    return any(p.severity == "error" for p in problems)
