"""Decide what YAML 1.1 takes an unquoted scalar for.

The rules are those that upstream's reader follows (PyYAML's resolver), so that `$(P)` gives what
it always gave, but for two traps: numbers in base sixty (`24:00:00`) stay what was written, and
dates become texts.
"""

from __future__ import annotations

import datetime
import math
import re
from functools import lru_cache
from typing import TypeAlias

from yaml.constructor import SafeConstructor
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

_CORE = "tag:yaml.org,2002:"
_RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = Resolver.yaml_implicit_resolvers
_TRUE = frozenset({"yes", "true", "on"})

#: What a scalar may be in Python.
ScalarValue: TypeAlias = str | int | float | bool | None

#: What a node may be in Python: a scalar's value, or lists and maps of them; keys are texts.
PlainValue: TypeAlias = "ScalarValue | list[PlainValue] | dict[str, PlainValue]"

#: A digit more, and `int()` refuses or takes for ever; nobody means such a number.
_MOST_DIGITS = 300

_PLAIN_INT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_PLAIN_FLOAT = re.compile(r"-?[0-9]{1,17}\.[0-9]{1,17}")

#: tags that may be written out: `!!str 5`
TAGS = {
    f"{_CORE}{name}": kind
    for name, kind in [
        ("str", "str"),
        ("int", "int"),
        ("float", "float"),
        ("bool", "bool"),
        ("null", "null"),
        ("timestamp", "time"),
    ]
}


class ScalarError(ValueError):
    """The text does not fit the tag that was written before it."""


def resolve(text: str) -> tuple[str, ScalarValue]:
    """Return kind and value of an unquoted scalar.

    Returns:
        The kind, one of those of `nodes.Scalar`, `merge` (`<<`) or `value` (`=`), and the
        Python value.
    """
    # Long tables are mostly made of these two, and seldom twice of the same.
    if _PLAIN_INT.fullmatch(text):
        return "int", int(text)
    if _PLAIN_FLOAT.fullmatch(text):
        return "float", float(text)
    return _resolve(text)


@lru_cache(maxsize=4096)
def _resolve(text: str) -> tuple[str, ScalarValue]:
    for tag, pattern in _RESOLVERS.get(text[:1], ()):
        if pattern.match(text):
            name = tag[len(_CORE) :]
            if name in {"merge", "value"}:
                return name, text
            return convert(TAGS[tag], text)
    return "str", text


def convert(kind: str, text: str) -> tuple[str, ScalarValue]:
    """Return kind and value of a text that is meant to be of a kind.

    Raises:
        ScalarError: it is not.
    """
    if kind == "str":
        return "str", text
    if kind == "null":
        return "null", None
    if kind == "bool":
        if text.lower() not in SafeConstructor.bool_values:
            raise ScalarError(text)
        return "bool", text.lower() in _TRUE
    if kind == "time":
        return "time", _time(text)
    if ":" in text:
        return "sixty", text
    if len(text) > _MOST_DIGITS:
        return "str", text
    digits = text.replace("_", "")
    try:
        return (kind, _int(digits)) if kind == "int" else (kind, _float(digits))
    except ValueError as error:
        raise ScalarError(text) from error


def _int(digits: str) -> int:
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    if digits.startswith("0b"):
        return sign * int(digits[2:], 2)
    if digits.startswith("0x"):
        return sign * int(digits[2:], 16)
    if digits.startswith("0") and digits != "0":
        return sign * int(digits, 8)
    return sign * int(digits)


def _float(digits: str) -> float:
    plain = digits.lower().lstrip("+-")
    if plain == ".inf":
        return -math.inf if digits.startswith("-") else math.inf
    if plain == ".nan":
        return math.nan
    return float(digits)


def _time(text: str) -> str:
    """Return a date or time as upstream puts it into a command; as written where there is no such day."""
    try:
        moment: object = SafeConstructor().construct_yaml_timestamp(
            ScalarNode(f"{_CORE}timestamp", text)
        )
    except (ValueError, OverflowError, AttributeError):
        return text
    return str(moment) if isinstance(moment, datetime.date) else text
