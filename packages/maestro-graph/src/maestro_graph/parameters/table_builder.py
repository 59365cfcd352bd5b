"""Build the table of parameters from the study's factors: grids, and groups that vary together.

A factor whose values stand in a CSV file is read from the disk.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from maestro_graph.errors import ParameterError
from maestro_graph.files.spec_file import view
from maestro_graph.model.parameters import (
    ParameterTable,
    TableColumn,
    check_distinct,
    label_template,
    make_labels,
)
from maestro_graph.model.plain import PlainValue, plain
from maestro_graph.model.spec import Factor, Range, Spec
from maestro_graph.parameters.csv import read_csv
from maestro_graph.parameters.kept_labels import keep_labels
from maestro_graph.parameters.ranges import range_texts, range_values

#: A table with more rows is a slip of the keyboard.
_MOST_ROWS = 10_000_000


#: Parameter → value → label, of a study that is amended.
_Known = Mapping[str, Mapping[float, str]]


def build_table(spec_document: Mapping[str, object], known: _Known | None = None) -> ParameterTable:
    """Multiply the study's factors out.

    Args:
        spec_document: record ``Spec``.
        known: parameter → value → label: those that the values of ranges keep in an amended study.

    Returns:
        The table. The last factor varies fastest, as the innermost of nested loops does.

    Raises:
        ParameterError: the factors do not fit together, or a CSV file cannot be read.
    """
    return table_of_spec(view(spec_document), known)


def table_of_spec(spec: Spec, known: _Known | None = None) -> ParameterTable:
    """Multiply the factors of a typed study out; see `build_table`."""
    if not spec.parameters:
        return ParameterTable()
    factors = [_columns_of(factor, spec.specroot, known or {}) for factor in spec.parameters]
    check_distinct([column.name for columns in factors for column in columns])
    lengths = [_length(columns) for columns in factors]
    rows = 1
    for length in lengths:
        rows *= length
    if rows > _MOST_ROWS:
        raise ParameterError(f"the product of the parameters has {rows} rows")
    if len(factors) == 1:
        return ParameterTable(rows=rows, columns=tuple(factors[0]))
    picks = list(itertools.product(*map(range, lengths)))
    return ParameterTable(
        rows=rows,
        columns=tuple(
            TableColumn(
                name=column.name,
                title=column.title,
                values=tuple(column.values[pick[position]] for pick in picks),
                labels=tuple(column.labels[pick[position]] for pick in picks),
            )
            for position, columns in enumerate(factors)
            for column in columns
        ),
    )


def _length(columns: list[TableColumn]) -> int:
    lengths = {len(column.values) for column in columns}
    if len(lengths) > 1:
        listing = ", ".join(f"{column.name} has {len(column.values)}" for column in columns)
        raise ParameterError(
            f"parameters that vary together must have equally many values: {listing}",
            hint="fill the shorter ones up, or make a grid of them",
        )
    length = lengths.pop() if lengths else 0
    if not length:
        names = ", ".join(column.name for column in columns) or "a factor"
        raise ParameterError(f"{names} has no value", hint="give at least one, or remove it")
    return length


def _columns_of(factor: Factor, specroot: str, known: _Known) -> list[TableColumn]:
    ranges = {
        column.name: column.range
        for column in factor.columns
        if column.range is not None and column.values is None
    }
    labels = {column.name: column.label for column in factor.columns}
    values: dict[str, tuple[PlainValue, ...]] = {}
    if factor.csv is not None:
        values.update(read_csv(str(PurePosixPath(specroot, factor.csv))))
    for column in factor.columns:
        if column.values is not None:
            values[column.name] = tuple(map(plain, column.values))
        elif column.range is not None:
            values[column.name] = range_values(column.name, column.range)
        elif column.name not in values:
            place = f"no column of {factor.csv}" if factor.csv else "without values"
            raise ParameterError(f"parameter {column.name} is {place}")
    return [
        TableColumn(
            name=name,
            title=name,
            values=given,
            labels=_of_range(name, ranges[name], given, labels[name], known.get(name, {}))
            if name in ranges
            else make_labels(name, given, labels.get(name)),
        )
        for name, given in values.items()
    ]


def _of_range(
    name: str,
    wanted: Range,
    values: Sequence[PlainValue],
    label: str | Sequence[str] | None,
    known: Mapping[float, str],
) -> tuple[str, ...]:
    numbers = [value for value in values if isinstance(value, int | float)]
    found = make_labels(name, numbers, label, range_texts(wanted, numbers))
    if not (label is None or isinstance(label, str)):
        return found
    return keep_labels(label_template(name, label), numbers, found, known)
