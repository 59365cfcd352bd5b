"""Check labels: each row of the table has a name, and a folder, of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from maestro_spec.diagnostics.problems import Path, Problem, problem
from maestro_spec.format_rules.names import clean, is_suffixed
from maestro_spec.lint.analysis import Analysis
from maestro_spec.lint.tables import VALUE, TableColumn, columns_of

#: characters of labels that are compared in all, so that no table takes long to check
_MOST_CHARACTERS = 12_000_000


@attrs.define
class _Found:
    """What was found about labels, by the path it is reported at."""

    clashes: dict[Path, Problem] = attrs.field(factory=dict)
    others: dict[Path, Problem] = attrs.field(factory=dict)
    characters: int = _MOST_CHARACTERS


def check(analysis: Analysis) -> Iterator[Problem]:
    """Check labels: rows that share one, or a folder, and labels that make no folder."""
    for factor in analysis.table:
        for column in factor.columns:
            yield from _slashes(analysis, column)
    found = _Found()
    sets: dict[frozenset[str], str] = {}
    for step, used in (analysis.used or {}).items():
        if used:
            sets.setdefault(used, step)
    for used, step in sets.items():
        for group in columns_of(analysis.table, used):
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


def _slashes(analysis: Analysis, column: TableColumn) -> Iterator[Problem]:
    for label in column.labels or ():
        if "/" in label:
            path = (*column.path, "label")
            message = f"The label `{_short(label)}` looks like a path; its folder is called `{clean(label)[:80]}`."
            place = analysis.study.place(path)
            yield problem("MS210", place, path, message, "Leave the `/` out of the values.")
            return


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
