"""Render problems as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TypedDict

from maestro_spec.diagnostics.problems import Problem


class ProblemRecord(TypedDict):
    """A problem as builtin values; file, lines and columns are None where there is no place."""

    code: str
    severity: str
    file: str | None
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    path: list[str | int]
    message: str
    hint: str | None


def render_json(problems: Iterable[Problem]) -> str:
    """Return a JSON list of problems.

    Each is an object with ``code``, ``severity``, ``file``, ``line``, ``column``, ``end_line``,
    ``end_column`` (null where there is no place), ``path`` (list of keys and indices), ``message``
    and ``hint`` (or null).
    """
    return json.dumps([as_json(p) for p in problems], indent=2) + "\n"


def as_json(problem: Problem) -> ProblemRecord:
    """Return one problem as builtin values."""
    place = problem.place
    return {
        "code": problem.code,
        "severity": problem.severity,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "end_line": place.end_line if place else None,
        "end_column": place.end_column if place else None,
        "path": list(problem.path),
        "message": problem.message,
        "hint": problem.hint,
    }
