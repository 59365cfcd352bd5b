"""Check the table of parameters: it fits together, its names are free, and steps use them."""

from __future__ import annotations

from collections.abc import Iterator

from maestro_spec.diagnostics.problems import Path, Problem, problem
from maestro_spec.lint.analysis import Analysis
from maestro_spec.lint.tables import TableColumn, TableFactor
from maestro_spec.lint.tokens import BUILT_IN
from maestro_spec.model.study import Column


def check(analysis: Analysis) -> Iterator[Problem]:
    """Check parameters and their values."""
    for factor in analysis.table:
        for code, path, message in factor.trouble:
            yield problem(code, analysis.study.place(path), path, message)
        yield from _lengths(analysis, factor)
    yield from _names(analysis)
    yield from _unused(analysis)


def _lengths(analysis: Analysis, factor: TableFactor) -> Iterator[Problem]:
    place = analysis.study.place
    known = [c for c in factor.columns if c.values is not None]
    for column in known:
        if not column.values:
            path: Path = (*column.path, "values")
            message = (
                f"The parameter `{column.name}` has no value, so no step that uses it would run."
            )
            hint = "Give it at least one value, or remove it."
            yield problem("MS207", place(path), path, message, hint)
    lengths = {len(c.values or ()) for c in known}
    if len(lengths) > 1:
        listing = ", ".join(f"{c.name} has {len(c.values or ())}" for c in known[:8])
        path = (*known[-1].path, "values")
        message = f"Parameters that vary together need equally many values: {listing}."
        hint = "Fill the shorter ones up, or make factors of a `grid` of them."
        yield problem("MS201", place(path), path, message, hint)
    for column, written in _listed(analysis, factor):
        if column.values is not None and len(written) != len(column.values):
            path = (*column.path, "label")
            message = f"`{column.name}` has {len(column.values)} values and {len(written)} labels."
            hint = "Give one label per value, or one text with %%."
            yield problem("MS201", place(path), path, message, hint)


def _listed(
    analysis: Analysis, factor: TableFactor
) -> Iterator[tuple[TableColumn, tuple[str, ...]]]:
    """Yield the parameters that have one label per value."""
    written: dict[str, Column] = {
        c.name: c for f in analysis.study.parameters if f.at == factor.path for c in f.columns
    }
    for column in factor.columns:
        label = written[column.name].label if column.name in written else None
        if isinstance(label, tuple):
            yield column, label


def _names(analysis: Analysis) -> Iterator[Problem]:
    """Find names that are taken already."""
    seen: set[str] = set()
    for name, path in _defined(analysis):
        if name in seen:
            message = f"The parameter `{name}` is given twice."
            hint = "Each parameter belongs to one factor."
            place = analysis.study.place(path, at_key=True)
            yield problem("MS211", place, path, message, hint)
        elif name in analysis.env or name in BUILT_IN:
            what = "a name of `env`" if name in analysis.env else "maestro's own"
            message = f"$({name}) is {what}, so the parameter of this name has no effect there."
            place = analysis.study.place(path, at_key=True) if not analysis.from_pgen else None
            yield problem("MS206", place, path, message, "Rename the parameter.")
        seen.add(name)


def _defined(analysis: Analysis) -> list[tuple[str, Path]]:
    """Return all parameters, and where they are defined; those of a pgen file by their names alone."""
    if analysis.from_pgen:
        return [(name, ()) for name in sorted(analysis.parameters)]
    return [(c.name, c.path) for factor in analysis.table for c in factor.columns]


def _unused(analysis: Analysis) -> Iterator[Problem]:
    if analysis.used is None or not analysis.is_whole("study", "env"):
        return
    used = frozenset().union(*analysis.used.values()) if analysis.used else frozenset()
    # A CSV file may have more columns than the study needs.
    named = frozenset(analysis.study.parameter_names)
    for name, path in _defined(analysis):
        if name not in used and (name in named or analysis.from_pgen):
            message = f"No step uses the parameter `{name}`."
            hint = f"Write $({name}) where it belongs, or remove it."
            place = analysis.study.place(path, at_key=True) if not analysis.from_pgen else None
            yield problem("MS205", place, path, message, hint)
