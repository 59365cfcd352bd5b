"""Put the folder of a study into texts of its graph.

They name it by a token; in graphs of version 1.0 by the path that it had when it was made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from maestro_conductor.model.graph import Graph

__all__ = ["OUTPUT_PATH", "filled_in", "relocation", "texts_in"]

#: Stands for the folder of the study in texts of its graph.
OUTPUT_PATH = "$(OUTPUT_PATH)"

_Value = TypeVar("_Value")


def texts_in(graph: Graph, root: str) -> Callable[[_Value], _Value]:
    """Return a function that makes texts of a graph, and lists and maps of them, name a folder.

    Args:
        graph: of the study.
        root: absolute path of the folder in which the study is.
    """
    if not graph.has_token:
        return relocation(graph.root, root)
    return filled_in(root)


def filled_in(root: str) -> Callable[[_Value], _Value]:
    """Return a function that puts a folder in the place of its token."""
    return _throughout(lambda text: text.replace(OUTPUT_PATH, root))


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
    return _throughout(lambda text: found(lambda _: now, text))


def _throughout(change: Callable[[str], str]) -> Callable[[_Value], _Value]:
    """Return a function that changes a text, or all texts in lists and maps."""

    def changed(value: object) -> object:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, list):
            return [changed(item) for item in value]
        if isinstance(value, Mapping):
            return {key: changed(item) for key, item in value.items()}
        return value

    return cast("Callable[[_Value], _Value]", changed)


def _as_it_is(value: _Value) -> _Value:
    return value
