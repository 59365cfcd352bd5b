"""Render problems as SARIF 2.1.0, for code-scanning services.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote

from maestro_spec.__about__ import __version__
from maestro_spec.diagnostics.codes import CODES
from maestro_spec.diagnostics.problems import Place, Problem

if TYPE_CHECKING:
    from maestro_spec.schema.json_schema import JsonValue

_LEVELS = {"error": "error", "warning": "warning", "hint": "note"}


def render_sarif(problems: Iterable[Problem]) -> str:
    """Return a SARIF log with one run."""
    return json.dumps(sarif(list(problems)), indent=2) + "\n"


def sarif(problems: Sequence[Problem]) -> dict[str, JsonValue]:
    """Return a SARIF log as builtin values."""
    codes = sorted({p.code for p in problems})
    driver: dict[str, JsonValue] = {
        "name": "maestro-spec",
        "version": __version__,
        "rules": [
            {
                "id": code,
                "shortDescription": {"text": CODES[code].title},
                "defaultConfiguration": {"level": _LEVELS[CODES[code].severity]},
            }
            for code in codes
        ],
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                # SARIF counts UTF-16 units unless it is told otherwise.
                "columnKind": "unicodeCodePoints",
                "results": [_result(p, codes) for p in problems],
            }
        ],
    }


def _result(problem: Problem, codes: list[str]) -> dict[str, JsonValue]:
    text = f"{problem.message} {problem.hint}" if problem.hint else problem.message
    result: dict[str, JsonValue] = {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": _LEVELS[problem.severity],
        "message": {"text": text},
    }
    location: dict[str, JsonValue] = {}
    if problem.place is not None:
        location["physicalLocation"] = _physical(problem.place)
    if problem.path:
        location["logicalLocations"] = [{"fullyQualifiedName": problem.where}]
    if location:
        result["locations"] = [location]
    return result


def _physical(place: Place) -> dict[str, JsonValue]:
    return {
        "artifactLocation": {"uri": _uri(place.file)},
        "region": {
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
        },
    }


def _uri(file: str) -> str:
    """Return a file's name as a URI reference; an absolute one with its scheme."""
    path = PurePath(file)
    # A colon in the first part of a relative one would read as a scheme.
    quoted = quote(path.as_posix().encode("utf-8", "surrogateescape"), safe="/")
    return f"file://{quoted}" if path.is_absolute() else quoted
