"""Read the values of parameters from a CSV file."""

from __future__ import annotations

import csv
import io

from maestro_graph.errors import ParameterError
from maestro_graph.files.regular_files import stream_regular
from maestro_graph.model.parameters import check_distinct
from maestro_graph.model.plain import PlainValue, plain


def read_csv(path: str) -> dict[str, tuple[PlainValue, ...]]:
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
        file = stream_regular(path, follow=True)
        with io.TextIOWrapper(file, newline="", encoding="utf-8-sig") as stream:
            lines = [line for line in csv.reader(stream, strict=True) if line]
    except OSError as error:
        raise ParameterError(f"cannot read {path}: {error.strerror}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise ParameterError(f"{path} is no CSV file: {error}") from error
    if not lines:
        raise ParameterError(f"{path} is empty", hint="its first line names the parameters")
    names = [name.strip() for name in lines[0]]
    check_distinct(names)
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


def _cell(text: str) -> PlainValue:
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
