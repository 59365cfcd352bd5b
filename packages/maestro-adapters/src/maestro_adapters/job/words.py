"""Reads texts of a request and of the options, of which blanks say nothing."""

from __future__ import annotations

from collections.abc import Mapping

from maestro_adapters.errors import RequestError

__all__ = ["word"]


def word(key: str, value: object) -> str | None:
    """Return a text without the blanks around it; None where it says nothing: a blank one, and false.

    Raises:
        RequestError: it is true, a list or a map.
    """
    if value is True or isinstance(value, (Mapping, list, tuple)):
        raise RequestError(f"{key} is {value!r}: give a text")
    return None if value is None or value is False else str(value).strip() or None
