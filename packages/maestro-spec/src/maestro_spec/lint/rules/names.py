"""Check the names of the study and of its steps: distinct, and fit for folders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePath

from maestro_spec.diagnostics.problems import Path, Problem, problem
from maestro_spec.format_rules.names import clean, clean_together, is_suffixed
from maestro_spec.lint.analysis import Analysis

#: What a workspace keeps beside the folders of its steps.
RESERVED = frozenset(
    {
        "logs",
        "meta",
        "batch.info",
        "status.csv",
        ".maestro",
        ".status.lock",
        ".cancel.lock",
        ".study.update.lock",
    }
)


def check(analysis: Analysis) -> Iterator[Problem]:
    """Check the names of steps and of the study."""
    study = analysis.study
    if study.name:
        yield from _folder(analysis, study.name, ("description", "name"), "the study")
    first: dict[str, int] = {}
    reserved = RESERVED | ({PurePath(study.source).name} if study.source else set())
    for number, step in enumerate(study.steps):
        path = (*step.at, "name")
        if not step.name:
            continue
        if step.name in first:
            line = study.place((*study.steps[first[step.name]].at, "name"))
            where = f"; the first is in line {line.line}" if line else ""
            message = f"There are two steps called `{step.name}`{where}."
            yield problem("MS301", study.place(path), path, message, "Rename one of them.")
            continue
        first[step.name] = number
        if clean(step.name) in reserved:
            message = f"The workspace itself needs the name `{clean(step.name)}`."
            yield problem("MS307", study.place(path), path, message, "Rename the step.")
        else:
            yield from _folder(analysis, step.name, path, "the step")
    yield from _equal(analysis, list(first))


def _folder(analysis: Analysis, name: str, path: Path, what: str) -> Iterator[Problem]:
    """Report a name whose folder nobody would guess, or that looks like a path."""
    if "/" not in name and not is_suffixed(name):
        return
    folder = clean(name)
    message = f"`{name[:60]}` makes no folder as it is: that of {what} is called `{folder[:80]}`."
    hint = "Use letters, digits and `-_.()`."
    yield problem("MS308", analysis.study.place(path), path, message, hint)


def _equal(analysis: Analysis, names: list[str]) -> Iterator[Problem]:
    """Find step names that differ only in what folders cannot have."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in names:
        groups[clean(name)].append(name)
    for group in groups.values():
        for name, folder in zip(group[1:], clean_together(group)[1:], strict=True):
            path = (*analysis.steps[name].at, "name")
            place = analysis.study.place(path)
            message = f"As a folder name `{name}` is the same as `{group[0]}`: it is called `{folder}` instead."
            yield problem("MS309", place, path, message, "Rename one of them.")
