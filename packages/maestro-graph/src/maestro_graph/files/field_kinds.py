"""Name the kinds of values that a field of a map may take, and check them; pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias, TypeGuard

#: (check, what it must be)
Kind: TypeAlias = tuple[Callable[[object], bool], str]
#: key → kind; a `*` before the key: it must be there
Fields: TypeAlias = Mapping[str, Kind]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list | tuple)


def _is_texts(value: object) -> bool:
    return _is_list(value) and all(map(_is_text, value))


def _is_counts(value: object) -> bool:
    return _is_list(value) and all(map(_is_count, value))


def _is_map(value: object) -> bool:
    return isinstance(value, Mapping) and all(map(_is_text, value))


def _is_pairs(value: object) -> bool:
    return _is_list(value) and all(
        _is_list(row) and len(row) >= 2 and NAME[0](row[0]) and _is_scalar(row[1]) for row in value
    )


def _is_result_keys(value: object) -> bool:
    return _is_list(value) and all(
        _is_list(row) and len(row) >= 2 and _is_text(row[0]) and _is_text(row[1]) for row in value
    )


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float)


TEXT: Kind = (_is_text, "a text")
NAME: Kind = (lambda value: _is_text(value) and value != "", "a name")
COUNT: Kind = (_is_count, "a whole number from 0 on")
NUMBER: Kind = (_is_number, "a number")
PAUSE: Kind = (lambda value: _is_number(value) and value >= 0, "a number from 0 on")
FLAG: Kind = (lambda value: isinstance(value, bool), "true or false")
LIST: Kind = (_is_list, "a list")
MAP: Kind = (_is_map, "a map with texts as keys")
COUNTS: Kind = (_is_counts, "a list of whole numbers")
TEXTS: Kind = (_is_texts, "a list of texts")
PAIRS: Kind = (_is_pairs, "a list of rows of a name and a single value")
RESULT_KEYS: Kind = (_is_result_keys, "a list of rows of a name and a path")
LABEL: Kind = (lambda value: _is_text(value) or _is_texts(value), "a text or a list of texts")
#: Whether the number makes sense is known once it is expanded: a token may stand for it.
AMOUNT: Kind = (_is_scalar, "a number or a text")
SWITCH: Kind = (lambda value: isinstance(value, bool | str), "true, false or a text")
PRIORITY: Kind = (lambda value: _is_text(value) or _is_number(value), "a number or a text")


def fields_of(kinds: Iterable[tuple[str, Kind]]) -> Fields:
    """Return key → kind, from keys in one text and what all of them are."""
    return {key: kind for keys, kind in kinds for key in keys.split()}
