"""Read the rows of a result file from its bytes, one function a format; pure.

The rules are "Results" on the workspace format page.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from maestro_cli.results.declared import Declared
from maestro_cli.results.values import PARSE_INT, Cell, cell_of, read_text

__all__ = ["MOST_BYTES", "NoResultError", "Row", "read_rows"]

#: Bytes of a file that are looked at.
MOST_BYTES = 1 << 24

#: Column → value.
Row: TypeAlias = "dict[str, Cell]"


_MARK = b"\xef\xbb\xbf"
_DECODE = json.JSONDecoder(parse_int=PARSE_INT).decode


class NoResultError(Exception):
    """A file is not what it was said to be; the message says why."""


def read_rows(declared: Declared, content: bytes) -> list[Row]:
    """Return the rows that are wanted of a file: all, or the last one.

    Args:
        declared: What is wanted of it.
        content: Its bytes; of a longer file of texts, the last of them.

    Raises:
        NoResultError: It is not of that format.
    """
    rows = _READERS[declared.format](declared, content)
    return rows if declared.all_rows else rows[-1:]


def _strict_text(content: bytes) -> str:
    try:
        return content.removeprefix(_MARK).decode()
    except UnicodeDecodeError as error:
        raise NoResultError("it is no UTF-8") from error


def _lenient_text(content: bytes) -> str:
    return content.removeprefix(_MARK).decode("utf-8", "replace")


# Lists and maps


def _read_json(declared: Declared, content: bytes) -> list[Row]:
    text = _strict_text(content)
    try:
        found = _DECODE(text)
    except RecursionError as error:
        raise NoResultError("it is nested too deep") from error
    except ValueError as error:
        lines = _json_lines(text)
        if lines is None:
            raise NoResultError(f"it is no JSON: {error}") from error
        found = lines
    return _tree_rows(declared, found)


def _json_lines(text: str) -> list[object] | None:
    """Return the values of lines, each of which is JSON; None: they are not, or there are none."""
    try:
        found = [_DECODE(line) for line in io.StringIO(text) if line.strip()]
    except (ValueError, RecursionError):
        return None
    return found or None


def _read_yaml(declared: Declared, content: bytes) -> list[Row]:
    from maestro_spec.errors import StudyInvalid
    from maestro_spec.schema.read_value import plain
    from maestro_spec.yaml.parser import parse

    try:
        document, _ = parse(_strict_text(content), declared.file)
    except StudyInvalid as error:
        raise NoResultError(f"it is no YAML: {error.problems[0].message}") from error
    return _tree_rows(declared, None if document.root is None else plain(document.root))


def _tree_rows(declared: Declared, found: object) -> list[Row]:
    items = found if isinstance(found, list) else [found]
    wanted = items if declared.all_rows else items[-1:]
    if declared.keys is None:
        return [_scalars(item) for item in wanted]
    return [{column: cell_of(_at(item, path)) for column, path in declared.keys} for item in wanted]


def _scalars(item: object) -> Row:
    if not isinstance(item, Mapping):
        return {} if isinstance(item, list) else {"value": cell_of(item)}
    return {
        str(key): cell_of(value)
        for key, value in item.items()
        if not isinstance(value, (list, Mapping))
    }


def _at(value: object, path: str) -> object:
    """Return what is at a path; None: nothing is."""
    while path:
        if isinstance(value, Mapping):
            if path in value:
                return value[path]
            key, _, path = path.partition(".")
            value = value.get(key)
        elif isinstance(value, list):
            index, _, path = path.partition(".")
            value = _item(value, index)
        else:
            return None
    return value


def _item(items: Sequence[object], index: str) -> object:
    if not re.fullmatch(r"-?\d{1,9}", index, re.ASCII):
        return None
    number = int(index)
    return items[number] if -len(items) <= number < len(items) else None


# Tables


def _read_csv(declared: Declared, content: bytes) -> list[Row]:
    text = _strict_text(content)
    head = text.lstrip("\r\n").split("\n", 1)[0]
    tabs = declared.file.lower().endswith(".tsv") or ("\t" in head and "," not in head)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if tabs else ",", strict=True)
    try:
        names = [name.strip() for name in next(filter(None, lines), [])]
        wanted = list(_wanted(names, declared))
        last: list[str] | None = None
        rows: list[Row] = []
        for line in lines:
            if not line:
                continue
            if declared.all_rows:
                rows.append(_cells(wanted, line))
            last = line
    except csv.Error as error:
        raise NoResultError(f"it is no CSV: {error}") from error
    if declared.all_rows:
        return rows
    return [] if last is None else [_cells(wanted, last)]


def _wanted(names: Sequence[str], declared: Declared) -> Iterator[tuple[str, int]]:
    """Yield columns, and where they stand in each line; -1: nowhere."""
    if declared.keys is None:
        yield from ((name, place) for place, name in enumerate(names) if name)
        return
    places = {name: place for place, name in reversed(list(enumerate(names)))}
    for column, path in declared.keys:
        yield column, places.get(path, -1)


def _cells(wanted: Sequence[tuple[str, int]], line: Sequence[str]) -> Row:
    return {
        column: read_text(line[place]) if 0 <= place < len(line) else None
        for column, place in wanted
    }


# Texts


def _read_keys(declared: Declared, content: bytes) -> list[Row]:
    found: dict[str, str] = {}
    for line in io.StringIO(_lenient_text(content)):
        equals, colon = line.find("="), line.find(":")
        place = max(equals, colon) if min(equals, colon) < 0 else min(equals, colon)
        name = line[: max(0, place)].strip()
        if name and not name.startswith("#"):
            found[name] = line[place + 1 :]
    if declared.keys is None:
        return [{name: read_text(text) for name, text in found.items()}]
    return [{column: read_text(found.get(path, "")) for column, path in declared.keys}]


def _read_pattern(declared: Declared, content: bytes) -> list[Row]:
    if declared.pattern is None:
        raise NoResultError("its pattern is no regular expression")
    text = _lenient_text(content)
    rows: list[Row] = []
    last: re.Match[str] | None = None
    for match in declared.pattern.finditer(text):
        if declared.all_rows:
            rows.append(_groups(match))
        last = match
    if declared.all_rows:
        return rows
    return [] if last is None else [_groups(last)]


def _groups(match: re.Match[str]) -> Row:
    return {
        name: None if text is None else read_text(text) for name, text in match.groupdict().items()
    }


_READERS: Mapping[str, Callable[[Declared, bytes], list[Row]]] = {
    "json": _read_json,
    "csv": _read_csv,
    "yaml": _read_yaml,
    "keys": _read_keys,
    "pattern": _read_pattern,
}
