"""Build the table of parameters as far as the rules need it: names, values and labels of each factor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path as FilePath

import attrs

from maestro_spec.diagnostics.problems import Path
from maestro_spec.lint.csv_tables import TableError, read_table
from maestro_spec.lint.ranges import RangeError, range_length, range_texts, range_values
from maestro_spec.model.study import Column, Factor, Study
from maestro_spec.yaml.scalars import PlainValue

#: what stands for the value in a label
VALUE = "%%"

#: The product of several factors is multiplied out up to this many rows.
_MOST_PRODUCT = 40_000

#: Of more values, or longer labels, than this in all the rest is not looked at one by one.
_MOST_VALUES = 100_000
_MOST_CHARACTERS = 10_000_000
_MOST_BYTES = 8 * 1024 * 1024


@attrs.frozen
class TableColumn:
    """A parameter of the table.

    Attributes:
        name: the parameter.
        path: where it is defined.
        values: as commands get them; None where they cannot be looked at.
        labels: one per value; None like the values.
        template: its label, if it is one text for all values.
    """

    name: str
    path: Path
    values: tuple[str, ...] | None
    labels: tuple[str, ...] | None
    template: str | None


@attrs.frozen
class TableFactor:
    """One factor.

    Attributes:
        columns: its parameters.
        rows: how many; None where that is not known.
        path: where it is defined.
        trouble: why its file or its range cannot be used, and where that stands.
    """

    columns: tuple[TableColumn, ...]
    rows: int | None
    path: Path
    trouble: tuple[tuple[str, Path, str], ...] = ()


@attrs.define
class _Budget:
    """What is still to be looked at, so that no file takes long to check."""

    values: int = _MOST_VALUES
    characters: int = _MOST_CHARACTERS
    bytes: int = _MOST_BYTES


def table_of(study: Study) -> tuple[TableFactor, ...]:
    """Return the factors of a study; read its CSV files."""
    budget = _Budget()
    return tuple(_factor(factor, study.specroot, budget) for factor in study.parameters)


def _factor(factor: Factor, specroot: str, budget: _Budget) -> TableFactor:
    trouble: list[tuple[str, Path, str]] = []
    if factor.csv is not None:
        return _csv_factor(factor, factor.csv, specroot, budget)
    columns = []
    counts: list[int] = []
    for column in factor.columns:
        values: tuple[PlainValue, ...] | None = column.values
        shown = None
        if column.range is not None and values is None:
            try:
                count = range_length(column.range)
                counts.append(count)
                if count <= budget.values:
                    budget.values -= count
                    numbers = range_values(column.range)
                    values, shown = numbers, range_texts(column.range, numbers)
            except RangeError as error:
                trouble.append(("MS208", (*column.at, "range"), str(error)))
        elif values is not None:
            counts.append(len(values))
        columns.append(_column(column.name, column.at, values, column, budget, shown))
    return TableFactor(tuple(columns), max(counts, default=None), factor.at, tuple(trouble))


def _csv_factor(factor: Factor, csv: str, specroot: str, budget: _Budget) -> TableFactor:
    labels = {column.name: column for column in factor.columns}
    place: Path = (*factor.at, "csv") if labels else factor.at
    try:
        table = read_table(FilePath(specroot, csv), most_bytes=budget.bytes)
    except TableError as error:
        columns = tuple(_column(c.name, c.at, None, c, budget) for c in factor.columns)
        message = f"The table {csv} cannot be used: {error}."
        return TableFactor(columns, None, factor.at, (("MS209", place, message),))
    values = list(zip(*table.rows, strict=True)) if table.rows else None
    budget.bytes -= sum(len(cell) + 1 for row in table.rows or () for cell in row)
    columns = tuple(
        _column(
            name,
            labels[name].at if name in labels else place,
            (values[number] if values else ()) if table.rows is not None else None,
            labels.get(name, Column(name)),
            budget,
        )
        for number, name in enumerate(table.names)
    )
    trouble = [
        ("MS209", column.at, f"The table {csv} has no column `{name}`.")
        for name, column in labels.items()
        if name not in table.names
    ]
    rows = None if table.rows is None else len(table.rows)
    return TableFactor(columns, rows, factor.at, tuple(trouble))


def _column(
    name: str,
    path: Path,
    values: tuple[PlainValue, ...] | None,
    column: Column,
    budget: _Budget,
    shown: tuple[str, ...] | None = None,
) -> TableColumn:
    """Return a parameter; ``shown`` is what stands for its values in labels, if not their texts."""
    label = column.label
    texts = tuple(map(str, values)) if values is not None else None
    labels = None
    if isinstance(label, tuple):
        labels = label if texts is not None and len(label) == len(texts) else None
    elif texts is not None:
        labels = _filled_in(label or f"{name}.{VALUE}", shown or texts, budget)
    template = None if isinstance(label, tuple) else label or f"{name}.{VALUE}"
    return TableColumn(name, path, texts, labels, template)


def _filled_in(template: str, texts: tuple[str, ...], budget: _Budget) -> tuple[str, ...] | None:
    """Return the labels of a template; None where they would be too long to look at."""
    marks = template.count(VALUE)
    longest = max(map(len, texts), default=0)
    characters = (len(template) + marks * longest) * len(texts)
    if characters > budget.characters:
        return None
    budget.characters -= characters
    return tuple(template.replace(VALUE, text) for text in texts)


def columns_of(table: Sequence[TableFactor], used: frozenset[str]) -> Iterator[list[TableColumn]]:
    """Yield the used parameters as groups of columns that can be compared row by row.

    The product of several factors is multiplied out where it is small; otherwise each factor is
    looked at alone.
    """
    parts = [
        [c for c in factor.columns if c.name in used and c.labels is not None] for factor in table
    ]
    parts = [part for part in parts if part and len({len(c.labels or ()) for c in part}) == 1]
    rows = 1
    for part in parts:
        rows *= len(part[0].labels or ())
    if len(parts) > 1 and rows <= _MOST_PRODUCT:
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
