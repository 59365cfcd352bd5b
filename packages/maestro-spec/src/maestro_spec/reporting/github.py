"""Render problems as annotations of GitHub Actions.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterable

from maestro_spec.diagnostics.problems import Problem

_COMMANDS = {"error": "error", "warning": "warning", "hint": "notice"}


def render_github(problems: Iterable[Problem]) -> str:
    """Return one workflow command per problem."""
    return "".join(_one(p) for p in problems)


def _one(problem: Problem) -> str:
    properties = [f"title={_property(problem.code)}"]
    if problem.place is not None:
        place = problem.place
        properties = [
            f"file={_property(place.file)}",
            f"line={place.line}",
            f"col={place.column}",
            f"endLine={place.end_line}",
            f"endColumn={place.end_column}",
            *properties,
        ]
    text = f"{problem.message} {problem.hint}" if problem.hint else problem.message
    return f"::{_COMMANDS[problem.severity]} {','.join(properties)}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
