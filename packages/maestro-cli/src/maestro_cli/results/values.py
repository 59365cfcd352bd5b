"""Make values of what result files hold: numbers, true and false, texts; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Cell", "cell_of", "read_text", "tidy_text"]

#: What a cell of the table holds; None: nothing.
Cell: TypeAlias = "str | int | float | bool | None"

_WHOLE = re.compile(r"[+-]?(?:0|[1-9]\d{0,18})", re.ASCII)
_FLOAT = re.compile(
    r"[+-]?(?:\d{1,300}\.\d{0,300}|\.\d{1,300}|\d{1,300})(?:[eE][+-]?\d{1,9})?", re.ASCII
)
#: Fortran's double precision: a point and a D, so that names like 1D3 stay texts.
_FORTRAN = re.compile(r"([+-]?(?:\d{1,300}\.\d{0,300}|\.\d{1,300}))[dD]([+-]?\d{1,9})", re.ASCII)
_ZERO_LEADS = re.compile(r"[+-]?0\d")
_WORDS: dict[str, Cell] = {
    "true": True,
    "false": False,
    "nan": float("nan"),
    **{
        f"{sign}{word}": float(f"{sign}inf")
        for sign in ("", "+", "-")
        for word in ("inf", "infinity")
    },
}
#: Characters that a cell may have; what is longer is cut.
MOST_CHARACTERS = 32_768
#: Whole numbers beyond are texts: no format but JSON holds them.
_INT64 = range(-(2**63), 2**63)
#: Digits of a whole number that are looked at.
_MOST_DIGITS = 300


def read_text(text: str) -> Cell:
    """Return what a text reads as: a number, true or false, or the text; blank: None.

    The rule is "Results" on the workspace format page.
    """
    text = text.strip()
    if not text:
        return None
    if _WHOLE.fullmatch(text):
        number = int(text)
        return number if number in _INT64 else text
    if _FLOAT.fullmatch(text):
        return tidy_text(text) if _ZERO_LEADS.match(text) and "." not in text else float(text)
    fortran = _FORTRAN.fullmatch(text)
    if fortran is not None:
        return float(f"{fortran[1]}e{fortran[2]}")
    word = text.lower()
    return _WORDS[word] if word in _WORDS else tidy_text(text)


def cell_of(value: object) -> Cell:
    """Return a value of JSON or YAML as a cell: lists and maps become their JSON as a text."""
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return value if value in _INT64 else str(value)
    if isinstance(value, str):
        return tidy_text(value)
    try:
        return tidy_text(_shortened(value))
    except (RecursionError, ValueError, TypeError):
        return tidy_text(f"<{type(value).__name__}>")


def _shortened(value: object) -> str:
    """Return a list or a map as JSON, no longer than a cell may be."""
    pieces, length = [], 0
    for piece in json.JSONEncoder(ensure_ascii=False, default=str).iterencode(value):
        pieces.append(piece)
        length += len(piece)
        if length > MOST_CHARACTERS:
            break
    return "".join(pieces)


def tidy_text(text: str) -> str:
    """Return a text that every format can hold: no lone surrogates, and not too long."""
    if len(text) > MOST_CHARACTERS:
        text = text[: MOST_CHARACTERS - 1] + "…"
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def whole(digits: str) -> int | str:
    """Return a whole number of JSON; one of thousands of digits, which takes for ever, is a text."""
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


#: What `json.loads` makes whole numbers with.
PARSE_INT: Callable[[str], object] = whole
