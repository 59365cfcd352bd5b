"""Check a study by rules, one topic a file. Each is pure: it takes an `Analysis` and yields problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from maestro_spec.diagnostics.problems import Problem
from maestro_spec.lint.analysis import Analysis
from maestro_spec.lint.rules import (
    batch,
    commands,
    environment,
    graph,
    instances,
    labels,
    launchers,
    names,
    parameters,
    results,
    tokens,
    values,
)

Rule = Callable[[Analysis], Iterable[Problem]]

RULES: tuple[Rule, ...] = (
    names.check,
    graph.check,
    environment.check,
    parameters.check,
    labels.check,
    instances.check,
    tokens.check,
    launchers.check,
    values.check,
    batch.check,
    commands.check,
    results.check,
)
