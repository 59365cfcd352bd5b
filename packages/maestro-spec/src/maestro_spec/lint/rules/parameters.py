"""The table of parameters: it fits together, and each row has a name of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from maestro_spec.diagnostics.problems import Path, Problem, problem
from maestro_spec.format_rules.names import clean, is_suffixed
from maestro_spec.lint.analysis import Analysis
from maestro_spec.lint.tables import VALUE, TableColumn, TableFactor
from maestro_spec.lint.tokens import BUILT_IN
from maestro_spec.model.study import Column

#: characters of labels that are compared in all, so that no table takes long to check
_MOST_CHARACTERS = 12_000_000
_MOST_ROWS = 400_000


def check(analysis: Analysis) -> Iterator[Problem]:
    """Parameters, their values and labels."""
    for factor in analysis.table:
        for code, path, message in factor.trouble:
            yield problem(code, analysis.study.place(path), path, message)
        yield from _lengths(analysis, factor)
        for column in factor.columns:
            yield from _slashes(analysis, column)
    yield from _names(analysis)
    yield from _unused(analysis)
    yield from _labels(analysis)


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
    """Parameters that have one label per value."""
    written: dict[str, Column] = {
        c.name: c for f in analysis.study.parameters if f.at == factor.path for c in f.columns
    }
    for column in factor.columns:
        label = written[column.name].label if column.name in written else None
        if isinstance(label, tuple):
            yield column, label


def _slashes(analysis: Analysis, column: TableColumn) -> Iterator[Problem]:
    for label in column.labels or ():
        if "/" in label:
            path = (*column.path, "label")
            message = f"The label `{_short(label)}` looks like a path; its folder is called `{clean(label)[:80]}`."
            place = analysis.study.place(path)
            yield problem("MS210", place, path, message, "Leave the `/` out of the values.")
            return


def _names(analysis: Analysis) -> Iterator[Problem]:
    """Names that are taken already."""
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
    """All parameters, and where they are defined; those of a pgen file by their names alone."""
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


# Labels


@attrs.define
class _Found:
    """What was found about labels, by the path it is reported at."""

    clashes: dict[Path, Problem] = attrs.field(factory=dict)
    others: dict[Path, Problem] = attrs.field(factory=dict)
    characters: int = _MOST_CHARACTERS


def _labels(analysis: Analysis) -> Iterator[Problem]:
    """Rows that share a label, or a folder."""
    found = _Found()
    sets: dict[frozenset[str], str] = {}
    for step, used in (analysis.used or {}).items():
        if used:
            sets.setdefault(used, step)
    for used, step in sets.items():
        for group in columns_of(analysis, used):
            _compare(analysis, group, step, found)
    yield from found.clashes.values()
    yield from found.others.values()
    for column in analysis.columns.values():
        path = (*column.path, "label")
        values = set(column.values or ())
        if (
            column.template is not None
            and VALUE not in column.template
            and values
            and path not in found.clashes
        ):
            message = (
                f"The label of `{column.name}` has no {VALUE}, so it is the same for every value."
            )
            hint = f"Write `{column.template[:40]}.{VALUE}`."
            yield problem("MS202", analysis.study.place(path), path, message, hint)


def columns_of(analysis: Analysis, used: frozenset[str]) -> Iterator[list[TableColumn]]:
    """The used parameters as columns that can be compared row by row.

    The product of several factors is multiplied out where it is small; otherwise each factor is
    looked at alone.
    """
    parts = [
        [c for c in factor.columns if c.name in used and c.labels is not None]
        for factor in analysis.table
    ]
    parts = [part for part in parts if part and len({len(c.labels or ()) for c in part}) == 1]
    rows = 1
    for part in parts:
        rows *= len(part[0].labels or ())
    if len(parts) > 1 and rows <= _MOST_ROWS // 10:
        yield _product(parts)
    else:
        yield from parts


def _product(parts: Sequence[Sequence[TableColumn]]) -> list[TableColumn]:
    total = 1
    for part in parts:
        total *= len(part[0].labels or ())
    columns = []
    repeat = total
    for part in parts:
        length = len(part[0].labels or ())
        repeat //= max(1, length)
        rows = [row for row in range(length) for _ in range(repeat)]
        rows *= total // max(1, len(rows))
        for column in part:
            values, labels = column.values or (), column.labels or ()
            columns.append(
                attrs.evolve(
                    column,
                    values=tuple(values[row] for row in rows),
                    labels=tuple(labels[row] for row in rows),
                )
            )
    return columns


def _compare(analysis: Analysis, columns: Sequence[TableColumn], step: str, found: _Found) -> None:
    """Find rows of other values but equal labels, and labels that are equal as folders."""
    columns = sorted(columns, key=lambda column: column.name)
    cost = sum(len(label) + 1 for column in columns for label in column.labels or ())
    if cost > found.characters:
        return
    found.characters -= cost
    names = list(map(".".join, zip(*(c.labels or () for c in columns), strict=True)))
    first: dict[str, int] = {}
    for row, name in enumerate(names):
        earlier = first.setdefault(name, row)
        if earlier != row:
            _clash(analysis, columns, step, name, (earlier, row), found)
    folders: dict[str, str] = {}
    for name, row in first.items():
        folder = clean(name)
        other = folders.setdefault(folder, name)
        if other != name:
            _same_folder(analysis, columns, (first[other], row), (other, name), found)
        elif is_suffixed(name) and "/" not in name:
            path = (*columns[0].path, "label")
            message = (
                f"`{_short(name)}` makes no folder as it is: its folder is called `{folder[:80]}`."
            )
            place = analysis.study.place(path)
            found.others.setdefault(path, problem("MS210", place, path, message))


def _clash(
    analysis: Analysis,
    columns: Sequence[TableColumn],
    step: str,
    name: str,
    rows: tuple[int, int],
    found: _Found,
) -> None:
    one, other = rows
    differing = [c for c in columns if c.values and c.values[one] != c.values[other]]
    if not differing:
        return
    column = differing[0]
    path = (*column.path, "label")
    if path in found.clashes or column.values is None:
        return
    values = f"`{_short(column.values[one])}` and `{_short(column.values[other])}`"
    message = (
        f"Different values of `{column.name}`, {values}, have one label, `{_short(name)}`:"
        f" `{step}` would run for the first alone."
    )
    hint = f"Write `label: {column.name}.{VALUE}`, so that each value has its own."
    place = analysis.study.place(path)
    found.clashes[path] = problem("MS203", place, path, message, hint)


def _same_folder(
    analysis: Analysis,
    columns: Sequence[TableColumn],
    rows: tuple[int, int],
    names: tuple[str, str],
    found: _Found,
) -> None:
    one, other = rows
    column = next((c for c in columns if c.labels and c.labels[one] != c.labels[other]), columns[0])
    path = (*column.path, "label")
    message = (
        f"As folder names `{_short(names[0])}` and `{_short(names[1])}` are the same;"
        f" a suffix keeps them apart."
    )
    hint = "Give values that differ in letters, digits or `-_.()`."
    problem_found = problem("MS204", analysis.study.place(path), path, message, hint)
    found.others.setdefault(path, problem_found)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
