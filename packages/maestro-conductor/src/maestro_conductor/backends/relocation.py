"""Put the folder of a study into texts that name the one in which it was made."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar, cast

__all__ = ["relocation"]

_Value = TypeVar("_Value")


def relocation(before: str, now: str) -> Callable[[_Value], _Value]:
    """Return a function that replaces one folder by another in texts, and in lists and maps of them.

    The folder counts where a path begins with it: neither amid a longer path, nor where its last
    name goes on.

    Args:
        before: absolute path of the folder in which the study was made.
        now: absolute path of the folder in which it is.
    """
    if before == now or not before.strip("/"):
        return _as_it_is
    found = re.compile(rf"(?<![\w.\-/]){re.escape(before)}(?![\w\-]|\.\w)").sub

    def moved(value: object) -> object:
        if isinstance(value, str):
            return found(lambda _: now, value)
        if isinstance(value, list):
            return [moved(item) for item in value]
        if isinstance(value, Mapping):
            return {key: moved(item) for key, item in value.items()}
        return value

    return cast("Callable[[_Value], _Value]", moved)


def _as_it_is(value: _Value) -> _Value:
    return value
