"""Read the rows of a result file from its bytes, one function a format; pure.

The rules are "Results" on the workspace format page.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Generic, TypeAlias, TypeVar

from attrs import frozen

from maestro_cli.results.declared import Declared
from maestro_cli.results.values import PARSE_INT, Cell, cell_of, read_text

__all__ = ["MOST_BYTES", "MOST_VALUES", "NoResultError", "Row", "read_rows"]

#: Bytes of a file that are looked at; JSON takes up to forty times as many in memory.
MOST_BYTES = {"json": 1 << 23, "csv": 1 << 24, "yaml": 1 << 24, "keys": 1 << 24, "pattern": 1 << 24}
#: Values of a row that only the file names.
MOST_VALUES = 2000

#: Column → value.
Row: TypeAlias = "dict[str, Cell]"


T = TypeVar("T")


@frozen
class _Found(Generic[T]):
    """The rows of a file, before they are made.

    Attributes:
        items: Yields what each is made of, from the first one each time; raises a `NoResultError` where
            that is not of the format.
        make: Makes a row of one.
    """

    items: Callable[[], Iterable[T]]
    make: Callable[[T], Row]

    def every_row(self) -> Iterator[Row]:
        for _ in self.items():  # all of it is good, or none of it counts
            pass
        return map(self.make, self.items())

    def last_row(self) -> Iterator[Row]:
        last: list[T] = []
        for item in self.items():
            last[:] = [item]
        return map(self.make, last)


_Lists: TypeAlias = "_Found[list[str]]"
_Matches: TypeAlias = "_Found[re.Match[str]]"
_Values: TypeAlias = "_Found[object]"
_Rows: TypeAlias = "_Found[Row]"

_MARK = b"\xef\xbb\xbf"
_DECODE = json.JSONDecoder(parse_int=PARSE_INT).decode


class NoResultError(Exception):
    """A file is not what it was said to be; the message says why."""


def read_rows(declared: Declared, content: bytes, *, all_rows: bool = True) -> Iterable[Row]:
    """Return the rows that are wanted of a file: all, or the last one.

    Args:
        declared: What is wanted of it.
        content: Its bytes; of a longer file of texts, the last of them.
        all_rows: All, where it has several; they are made one by one, as they may be millions.

    Raises:
        NoResultError: It is not of that format.
    """
    found = _READERS[declared.format](declared, content)
    if declared.all_rows and all_rows:
        return found.every_row()
    return found.last_row()


def _strict_text(content: bytes) -> str:
    try:
        return content.removeprefix(_MARK).decode()
    except UnicodeDecodeError as error:
        raise NoResultError("it is no UTF-8") from error


def _lenient_text(content: bytes) -> str:
    return content.removeprefix(_MARK).decode("utf-8", "replace")


# Lists and maps


def _read_json(declared: Declared, content: bytes) -> _Values:
    text = _strict_text(content)
    try:
        found = _DECODE(text)
    except RecursionError as error:
        raise NoResultError("it is nested too deep") from error
    except ValueError as error:
        why = NoResultError(f"it is no JSON: {error}")
        return _Found(lambda: _json_lines(text, why), _tree_row(declared))
    return _Found(lambda: found if isinstance(found, list) else [found], _tree_row(declared))


def _json_lines(text: str, otherwise: NoResultError) -> Iterator[object]:
    """Yield the values of lines, each of which is JSON; raise what is given if one is not, or there are none."""
    any_line = False
    for line in io.StringIO(text):
        if line.strip():
            any_line = True
            try:
                yield _DECODE(line)
            except (ValueError, RecursionError):
                raise otherwise from None
    if not any_line:
        raise otherwise


def _read_yaml(declared: Declared, content: bytes) -> _Values:
    from maestro_spec.errors import StudyInvalid
    from maestro_spec.schema.read_value import plain
    from maestro_spec.yaml.parser import parse

    try:
        document, _ = parse(_strict_text(content), declared.file)
    except StudyInvalid as error:
        raise NoResultError(f"it is no YAML: {error.problems[0].message}") from error
    found = None if document.root is None else plain(document.root)
    return _Found(lambda: found if isinstance(found, list) else [found], _tree_row(declared))


def _tree_row(declared: Declared) -> Callable[[object], Row]:
    """Return what makes a row of a map."""
    if declared.keys is None:
        return _scalars
    keys = declared.keys
    return lambda item: {column: cell_of(_at(item, path)) for column, path in keys}


def _scalars(item: object) -> Row:
    if not isinstance(item, Mapping):
        return {} if isinstance(item, list) else {"value": cell_of(item)}
    single = (pair for pair in item.items() if not isinstance(pair[1], (list, Mapping)))
    return {str(key): cell_of(value) for key, value in islice(single, MOST_VALUES)}


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


def _read_csv(declared: Declared, content: bytes) -> _Lists:
    text = _strict_text(content)
    head = text.lstrip("\r\n").split("\n", 1)[0]
    tabs = declared.file.lower().endswith(".tsv") or ("\t" in head and "," not in head)

    wanted: list[tuple[str, int]] = []

    def lines() -> Iterator[list[str]]:
        source = io.StringIO(text, newline="")
        found = filter(None, csv.reader(source, delimiter="\t" if tabs else ",", strict=True))
        try:
            names = [name.strip() for name in next(found, [])]
            wanted[:] = _wanted(names, declared)
            yield from found
        except csv.Error as error:
            raise NoResultError(f"it is no CSV: {error}") from error

    return _Found(lines, lambda line: _cells(wanted, line))


def _wanted(names: Sequence[str], declared: Declared) -> Iterator[tuple[str, int]]:
    """Yield columns, and where they stand in each line; -1: nowhere."""
    if declared.keys is None:
        named = ((name, place) for place, name in enumerate(names) if name)
        yield from islice(named, MOST_VALUES)
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


def _read_keys(declared: Declared, content: bytes) -> _Rows:
    wanted = None if declared.keys is None else {path for _, path in declared.keys}
    found: dict[str, str] = {}
    for line in io.StringIO(_lenient_text(content)):
        equals, colon = line.find("="), line.find(":")
        place = max(equals, colon) if min(equals, colon) < 0 else min(equals, colon)
        name = line[: max(0, place)].strip()
        if not name or name.startswith("#"):
            continue
        if name in found or (len(found) < MOST_VALUES if wanted is None else name in wanted):
            found[name] = line[place + 1 :]
    if declared.keys is None:
        row = {name: read_text(text) for name, text in found.items()}
    else:
        row = {column: read_text(found.get(path, "")) for column, path in declared.keys}
    return _Found(lambda: [row], dict)


def _read_pattern(declared: Declared, content: bytes) -> _Matches:
    pattern = declared.pattern
    if pattern is None:
        raise NoResultError("its pattern is no regular expression")
    text = _lenient_text(content)
    return _Found(lambda: pattern.finditer(text), _groups)


def _groups(match: re.Match[str]) -> Row:
    return {
        name: None if text is None else read_text(text) for name, text in match.groupdict().items()
    }


_READERS: Mapping[str, Callable[[Declared, bytes], _Values | _Lists | _Rows | _Matches]] = {
    "json": _read_json,
    "csv": _read_csv,
    "yaml": _read_yaml,
    "keys": _read_keys,
    "pattern": _read_pattern,
}
