"""Resolve the files of results; pure."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

import attrs

from maestro_graph.errors import ResultError
from maestro_graph.expansion.known_tokens import KnownTokens
from maestro_graph.model.graph import Result
from maestro_graph.model.spec import SpecStep
from maestro_graph.parameters.environment import OUTPUT_PATH
from maestro_graph.parameters.substitution import compile_template


def resolve_results(
    step: SpecStep, rows: Sequence[int], tokens: KnownTokens
) -> Sequence[tuple[Result, ...]]:
    """Return one set of results for all instances of a step, or one per instance.

    Args:
        step: with the tokens of its `env` replaced.
        rows: for each instance the row of the table that it takes.
        tokens: what the tokens of the study give.

    Raises:
        TokenError: a file's tokens cannot be resolved.
        ResultError: a file is not in the folder of the step.
    """
    templates = [
        compile_template(result.file, tokens.described, tokens.given) for result in step.results
    ]
    constant = all(template.constant for template in templates)
    # Few names are made of many rows: each is looked at, and kept, once.
    made: dict[tuple[str, ...], tuple[Result, ...]] = {}
    found = []
    for row in rows[:1] if constant else rows:
        files = tuple(template.render(row) for template in templates)
        if files not in made:
            made[files] = tuple(
                attrs.evolve(result, file=inside(file, step.name))
                for result, file in zip(step.results, files, strict=True)
            )
        found.append(made[files])
    return found


def inside(file: str, step: str) -> str:
    """Return the path of a result's file without what leads nowhere.

    Args:
        file: as it was written, resolved.
        step: whose it is, for messages.

    Raises:
        ResultError: it is absolute, leads out of the folder, or names no file.
    """
    parts = file.split("/")
    wrong = file.startswith(("/", OUTPUT_PATH)) or ".." in parts or parts[-1] in ("", ".")
    if wrong or "\0" in file:
        raise ResultError(
            f"a result of step {step} is {file!r}, which is no file in the step's folder",
            hint="write a path that starts in the folder of the step, without `..`",
        )
    return posixpath.normpath(file)
