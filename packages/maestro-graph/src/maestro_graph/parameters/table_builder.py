"""From the study's factors to the table: grids, zipped groups, ranges, CSV files.

`read_csv` is the only one that looks at the disk.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Mapping
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

from maestro_graph.errors import ParameterError
from maestro_graph.files.regular_files import stream_regular
from maestro_graph.files.spec_file import Factor, Range, Spec, view
from maestro_graph.model.parameters import ParameterTable, TableColumn, make_labels
from maestro_graph.model.plain import plain

#: A table longer than this is a slip of the keyboard (a range with a step of 1e-9).
_MOST_VALUES = 10_000_000


def build_table(spec_document: Mapping[str, Any]) -> ParameterTable:
    """Multiply the study's factors out.

    Args:
        spec_document: record ``Spec``.

    Returns:
        The table. The last factor varies fastest, as the innermost of nested loops does.

    Raises:
        ParameterError: the factors do not fit together, or a CSV file cannot be read.
    """
    return table_of_spec(view(spec_document))


def table_of_spec(spec: Spec) -> ParameterTable:
    """As `build_table`, for a spec that has its types."""
    if not spec.parameters:
        return ParameterTable()
    factors = [_columns_of(factor, spec.specroot) for factor in spec.parameters]
    _check_names([column.name for columns in factors for column in columns])
    lengths = [_length(columns) for columns in factors]
    rows = 1
    for length in lengths:
        rows *= length
    if rows > _MOST_VALUES:
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


def _check_names(names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(
                f"parameter {name} is given twice", hint="each parameter belongs to one factor"
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


def _columns_of(factor: Factor, specroot: str) -> list[TableColumn]:
    labels = {column.name: column.label for column in factor.columns}
    values: dict[str, tuple[Any, ...]] = {}
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
            name=name, title=name, values=given, labels=make_labels(name, given, labels.get(name))
        )
        for name, given in values.items()
    ]


def range_values(name: str, wanted: Range) -> tuple[int | float, ...]:
    """Return the values of a range.

    They are computed exactly and rounded once, so that steps of 0.1 give 0.3 and not
    0.30000000000000004.

    Args:
        name: the parameter, for messages.
        wanted: ``start`` to ``stop`` by ``step``, or ``num`` of them, both ends included.

    Returns:
        Integers if start, stop and step are, floats otherwise.

    Raises:
        ParameterError: the range is empty or endless.
    """
    start, stop = _exact(name, wanted.start), _exact(name, wanted.stop)
    given: list[int | float] = [wanted.start, wanted.stop]
    if wanted.num is not None:
        count, step = wanted.num, Fraction(0)
        if count > 1:
            step = (stop - start) / (count - 1)
    elif wanted.step:
        given.append(wanted.step)
        step = _exact(name, wanted.step)
        count = (stop - start) // step + 1
    else:
        raise ParameterError(
            f"the range of {name} has neither a step nor a num",
            hint="give `step`, which is not 0, or `num`",
        )
    if not 1 <= count <= _MOST_VALUES:
        raise ParameterError(
            f"the range of {name} has {max(count, 0)} values",
            hint="check start, stop and step; to count down, the step must be negative",
        )
    exact = [start + index * step for index in range(count)]
    whole = all(isinstance(number, int) for number in given) and all(
        number.denominator == 1 for number in exact
    )
    return tuple(int(number) if whole else float(number) for number in exact)


def _exact(name: str, number: float) -> Fraction:
    try:
        return Fraction(repr(number))
    except ValueError as error:
        raise ParameterError(f"the range of {name} has {number!r}, which is no number") from error


def read_csv(path: str) -> dict[str, tuple[Any, ...]]:
    """Read a table of parameters.

    Args:
        path: a comma-separated file with a line of names; quoted as RFC 4180 says; UTF-8.

    Returns:
        name → values. A cell is a number or a boolean if that prints as the cell reads (``1.5``,
        but not ``1.50`` or ``007``), a text otherwise, so commands get just what the file says.

    Raises:
        ParameterError: the file cannot be read, or a line is too short or too long.
    """
    try:
        with io.TextIOWrapper(stream_regular(path), newline="", encoding="utf-8-sig") as stream:
            lines = [line for line in csv.reader(stream, strict=True) if line]
    except OSError as error:
        raise ParameterError(f"cannot read {path}: {error.strerror}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise ParameterError(f"{path} is no CSV file: {error}") from error
    if not lines:
        raise ParameterError(f"{path} is empty", hint="its first line names the parameters")
    names = [name.strip() for name in lines[0]]
    _check_names(names)
    if "" in names:
        raise ParameterError(f"column {names.index('') + 1} of {path} has no name")
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(names):
            raise ParameterError(
                f"row {number} of {path} has {len(line)} values for {len(names)} parameters"
            )
    return {
        name: tuple(_cell(line[position]) for line in lines[1:])
        for position, name in enumerate(names)
    }


def _cell(text: str) -> Any:
    if text in ("True", "False"):
        return text == "True"
    for kind in (int, float):
        try:
            value = kind(text)
        except ValueError:
            continue
        if str(value) == text:
            return plain(value)
    return text
