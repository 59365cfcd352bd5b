"""What is suspicious in the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator

from maestro_spec.analysis import Analysis
from maestro_spec.background import left_in_background
from maestro_spec.problems import Problem, problem


def check(analysis: Analysis) -> Iterator[Problem]:
    """Commands of all steps."""
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
