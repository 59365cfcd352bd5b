"""Check instances: no two steps have one of the same name."""

from __future__ import annotations

from collections.abc import Iterator

from maestro_spec.diagnostics.problems import Problem, problem
from maestro_spec.lint.analysis import Analysis
from maestro_spec.lint.tables import columns_of


def check(analysis: Analysis) -> Iterator[Problem]:
    """Check steps whose name is that of another step's instance, or begins like it."""
    for name in analysis.steps:
        parts = name.split("_")
        for count in range(1, len(parts)):
            other = "_".join(parts[:count])
            if other in analysis.steps and other != name:
                yield from _compare(analysis, other, name, "_".join(parts[count:]))


def _compare(analysis: Analysis, shorter: str, longer: str, rest: str) -> Iterator[Problem]:
    taken = _combinations(analysis, shorter)
    if not taken:
        return
    own = _combinations(analysis, longer)
    wanted = [rest] if own is None else [f"{rest}_{each}" for each in own]
    equal = next((each for each in wanted if each in taken), None)
    if equal is not None:
        path = (*analysis.steps[longer].at, "name")
        message = (
            f"An instance of `{longer}` and one of `{shorter}` would both be called"
            f" `{shorter}_{equal[:60]}`."
        )
        hint = "Rename one of the steps, or change the label of the parameter."
        yield problem("MS310", analysis.study.place(path), path, message, hint)


def _combinations(analysis: Analysis, step: str) -> dict[str, None] | None:
    """Return the combination strings of a step: none where they are not known, None without parameters."""
    if analysis.used is None:
        return {}
    used = analysis.used.get(step, frozenset())
    if not used:
        return None
    groups = list(columns_of(analysis.table, used))
    if len(groups) != 1 or {column.name for column in groups[0]} != used:
        return {}
    columns = sorted(groups[0], key=lambda column: column.name)
    return dict.fromkeys(map(".".join, zip(*(c.labels or () for c in columns), strict=True)))
