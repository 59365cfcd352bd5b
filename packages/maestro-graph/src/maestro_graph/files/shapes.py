"""What the maps of `spec.msgpack` and `parameters.msgpack` must hold, whoever wrote them; pure.

A field that is absent or nil takes its default, unknown ones are ignored; what is there must be of
the type that the format page gives it.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

import attrs

from maestro_graph.errors import FormatError

__all__ = ["check_parameters", "check_spec"]

#: (check, what it must be)
Kind = tuple[Callable[[Any], bool], str]
#: key → kind; a `*` before the key: it must be there
Fields = Mapping[str, Kind]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _is_texts(value: Any) -> bool:
    return _is_list(value) and all(map(_is_text, value))


def _is_counts(value: Any) -> bool:
    return _is_list(value) and all(map(_is_count, value))


def _is_map(value: Any) -> bool:
    return isinstance(value, Mapping) and all(map(_is_text, value))


def _is_pairs(value: Any) -> bool:
    return _is_list(value) and all(
        _is_list(row) and len(row) >= 2 and row[0] and _is_text(row[0]) and _is_scalar(row[1])
        for row in value
    )


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float)


_TEXT: Kind = (_is_text, "a text")
_NAME: Kind = (lambda value: _is_text(value) and value != "", "a name")
_COUNT: Kind = (_is_count, "a whole number from 0 on")
_NUMBER: Kind = (_is_number, "a number")
_PAUSE: Kind = (lambda value: _is_number(value) and value >= 0, "a number from 0 on")
_FLAG: Kind = (lambda value: isinstance(value, bool), "true or false")
_LIST: Kind = (_is_list, "a list")
_MAP: Kind = (_is_map, "a map with texts as keys")
_COUNTS: Kind = (_is_counts, "a list of whole numbers")
_TEXTS: Kind = (_is_texts, "a list of texts")
_PAIRS: Kind = (_is_pairs, "a list of rows of a name and a single value")
_LABEL: Kind = (lambda value: _is_text(value) or _is_texts(value), "a text or a list of texts")
#: Whether it is a number that makes sense, its expansion tells: a token may stand for it.
_AMOUNT: Kind = (_is_scalar, "a number or a text")
_SWITCH: Kind = (lambda value: isinstance(value, bool | str), "true, false or a text")
_PRIORITY: Kind = (lambda value: _is_text(value) or _is_number(value), "a number or a text")


def _fields(kinds: Iterable[tuple[str, Kind]]) -> Fields:
    """Key → kind, from words and what all of them are."""
    return {key: kind for keys, kind in kinds for key in keys.split()}


_SPEC = _fields(
    [
        ("*name", _NAME),
        ("description source", _TEXT),
        ("specroot", _TEXT),
        ("extra env batch", _MAP),
        ("parameters steps", _LIST),
    ]
)
_ENV = _fields([("variables labels", _PAIRS), ("sources paths git", _LIST)])
_PATH = _fields([("*name", _NAME), ("*path", _TEXT)])
_GIT = _fields([("*name", _NAME), ("*path *url", _TEXT), ("tag hash branch", _TEXT)])
_FACTOR = _fields([("columns", _LIST), ("csv", _TEXT)])
_COLUMN = _fields([("*name", _NAME), ("label", _LABEL), ("values", _LIST), ("range", _MAP)])
_RANGE = _fields([("*start *stop", _NUMBER), ("step", _NUMBER), ("num", _COUNT)])
_STEP = _fields(
    [
        ("*name", _NAME),
        ("*command", _TEXT),
        ("description restart pre post", _TEXT),
        ("depends", _TEXTS),
        ("resources failure", _MAP),
    ]
)
_RESOURCES = _fields(
    [
        ("nodes procs gpus cores_per_task tasks_per_rs rs_per_node cpus_per_rs", _AMOUNT),
        ("bind bind_gpus walltime reservation qos", _TEXT),
        ("exclusive_allocation exclusive_launcher nested waitable requeue", _SWITCH),
        ("enforce_walltime", _SWITCH),
        ("priority", _PRIORITY),
        ("allocation_args launcher_args", _MAP),
    ]
)
_FAILURE = _fields(
    [
        ("retries", _COUNT),
        ("retry_pause", _PAUSE),
        ("success_codes retry_codes restart_codes", _COUNTS),
        ("allow_failure", _FLAG),
    ]
)
_BATCH = _fields(
    [
        ("type shell host bank queue reservation qos uri version launcher", _TEXT),
        ("nodes procs gpus", _AMOUNT),
        ("args allocation_args launcher_args", _MAP),
        ("local_slots user_throttle", _COUNT),
        ("array", _FLAG),
    ]
)
_TABLE = _fields(
    [
        ("*source", (lambda value: value in ("study", "pgen"), "'study' or 'pgen'")),
        ("*rows", _COUNT),
        ("*columns", _LIST),
    ]
)
_TABLE_COLUMN = _fields(
    [("*name", _NAME), ("*title", _TEXT), ("*values", _LIST), ("*labels", _TEXTS)]
)


@attrs.frozen
class _Place:
    """Where in a file something stands.

    Attributes:
        file: its name or path.
        what: the map, as ``step 2 (post)``.
    """

    file: str
    what: str

    def refuse(self, key: str, value: object, why: str) -> NoReturn:
        raise FormatError(
            f"{self.file} does not have the documented form: `{key}` of {self.what} is"
            f" {reprlib.repr(value)}, {why}",
            hint="make the workspace anew, or mend the program that wrote it;"
            " the form: docs/workspace-format.md",
        )

    def check(self, record: Any, fields: Fields) -> None:
        """Refuse a map that lacks what it must have, or holds what it may not."""
        if not isinstance(record, Mapping):
            raise FormatError(
                f"{self.file} does not have the documented form: {self.what} is"
                f" {reprlib.repr(record)}, and must be a map",
                hint="make the workspace anew, or mend the program that wrote it",
            )
        for key, (is_right, expected) in fields.items():
            name = key.removeprefix("*")
            value = record.get(name)
            if value is None:
                if key != name:
                    there = "nil" if name in record else "not there"
                    self.refuse(name, _Word(there), f"and must be {expected}")
            elif not is_right(value):
                self.refuse(name, value, f"and must be {expected}")

    def inside(self, what: str) -> _Place:
        """Return the place of a map in this one."""
        return _Place(self.file, f"{what} of {self.what}" if self.what else what)


class _Word:
    """Stands for a value that is none; its repr is the word."""

    def __init__(self, word: str) -> None:
        self._word = word

    def __repr__(self) -> str:
        return self._word


def _each(record: Mapping[str, Any], key: str) -> Iterable[tuple[int, Any]]:
    return enumerate(record.get(key) or ())


def _named(what: str, index: int, record: Any) -> str:
    """Name a map by its number, and by its name where it has one."""
    name = record.get("name") if isinstance(record, Mapping) else None
    return f"{what} {index} ({name})" if isinstance(name, str) and name else f"{what} {index}"


def check_spec(document: Mapping[str, Any], file: str) -> None:
    """Check the map `Spec`.

    Args:
        document: the map.
        file: its name or path, for messages.

    Raises:
        FormatError: the text names key, place and value.
    """
    _Place(file, "the study").check(document, _SPEC)
    env = document.get("env") or {}
    _Place(file, "env").check(env, _ENV)
    for index, entry in _each(env, "paths"):
        _Place(file, _named("path dependency", index, entry)).check(entry, _PATH)
    for index, entry in _each(env, "git"):
        _Place(file, _named("git dependency", index, entry)).check(entry, _GIT)
    for index, factor in _each(document, "parameters"):
        place = _Place(file, f"factor {index} of the parameters")
        place.check(factor, _FACTOR)
        for number, column in _each(factor, "columns"):
            inner = place.inside(_named("column", number, column))
            inner.check(column, _COLUMN)
            if column.get("range") is not None:
                inner.inside("the range").check(column["range"], _RANGE)
    for index, step in _each(document, "steps"):
        place = _Place(file, _named("step", index, step))
        place.check(step, _STEP)
        place.inside("the resources").check(step.get("resources") or {}, _RESOURCES)
        place.inside("the failure rules").check(step.get("failure") or {}, _FAILURE)
    _Place(file, "the batch block").check(document.get("batch") or {}, _BATCH)


def check_parameters(document: Mapping[str, Any], file: str) -> None:
    """Check the map `Parameters`.

    Args:
        document: the map.
        file: its name or path, for messages.

    Raises:
        FormatError: the text names key, place and value.
    """
    _Place(file, "the table").check(document, _TABLE)
    rows, seen = document["rows"], set()
    for index, column in _each(document, "columns"):
        place = _Place(file, _named("column", index, column))
        place.check(column, _TABLE_COLUMN)
        for key in ("values", "labels"):
            _check_length(place, key, column[key], rows)
        if column["name"] in seen:
            place.refuse("name", column["name"], "as that of a column before it is already")
        seen.add(column["name"])


def _check_length(place: _Place, key: str, found: Sequence[Any], rows: int) -> None:
    if len(found) != rows:
        place.refuse(key, found, f"{len(found)} of them, and the table has {rows} rows")
