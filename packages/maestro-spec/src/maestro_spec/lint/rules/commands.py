"""Check the commands themselves for what is suspicious."""

from __future__ import annotations

import re
from collections.abc import Iterator

from maestro_spec.diagnostics.problems import Path, Problem, problem
from maestro_spec.lint.analysis import Analysis
from maestro_spec.lint.background import left_in_background

_VARIABLE = re.compile(r"(?<!\\)\$\{([A-Za-z_]\w*)\}")


def check(analysis: Analysis) -> Iterator[Problem]:
    """Check the commands of all steps."""
    shell = analysis.study.batch.shell or "/bin/bash"
    for step in analysis.study.steps:
        for key, command in (("cmd", step.command), ("restart", step.restart)):
            line = left_in_background(command, shell) if command else None
            if line is not None:
                path = (*step.at, "run", key)
                message = (
                    f"`{line[-60:]}` starts a program in the background, and there is no `wait`."
                )
                hint = "End the command with a line `wait`; its exit code is that of the program with `wait $!`."
                yield problem("MS601", analysis.study.place(path), path, message, hint)
            yield from _variables(analysis, command or "", (*step.at, "run", key))


def _variables(analysis: Analysis, command: str, path: Path) -> Iterator[Problem]:
    """Find variables of the shell that are called like a parameter, and that the command never sets."""
    for name in dict.fromkeys(_VARIABLE.findall(command)):
        if name in analysis.parameters and not _sets(command, name):
            token = f"${{{name}}}"
            message = (
                f"{token} is a variable of the shell, and not the parameter `{name}`;"
                " nothing in this command sets it."
            )
            place = analysis.study.place_within(path, token)
            yield problem("MS412", place, path, message, f"Write $({name}) for the parameter.")


def _sets(command: str, name: str) -> bool:
    """Return whether a command gives a variable a value, or takes it from another file."""
    assigned = rf"\b{name}\+?=|\b(?:for|read|export|declare|local|select)\b[^\n;]*\b{name}\b"
    return re.search(rf"{assigned}|^\s*(?:source|\.)\s", command, re.MULTILINE) is not None
