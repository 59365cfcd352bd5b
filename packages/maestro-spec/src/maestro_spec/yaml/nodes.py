"""Represent a YAML document as nodes that know where they stand."""

from __future__ import annotations

import bisect
from typing import Protocol

import attrs

from maestro_spec.diagnostics.problems import Path, Place
from maestro_spec.yaml.scalars import ScalarValue


class Mark(Protocol):
    """A position as the YAML parser gives it, all counted from 0, in characters."""

    @property
    def line(self) -> int: ...  # noqa: D102
    @property
    def column(self) -> int: ...  # noqa: D102
    @property
    def index(self) -> int: ...  # noqa: D102


@attrs.frozen
class Position:
    """A position that no parser gave; counted from 0, as a `Mark`."""

    line: int = 0
    column: int = 0
    index: int = 0


@attrs.define(eq=False)
class Scalar:
    """A single value.

    Attributes:
        text: as it was written, quotes removed.
        kind: what YAML 1.1 takes it for: ``str``, ``int``, ``float``, ``bool``, ``null``,
            ``sixty`` (a number in base sixty), ``time`` (a date or time).
        value: its Python value; base-sixty numbers stay texts, dates become texts.
        start: where it starts.
        end: where it ends.
    """

    text: str
    kind: str
    value: ScalarValue
    start: Mark
    end: Mark


@attrs.define(eq=False)
class Sequence:
    """A list."""

    items: list[Node]
    start: Mark
    end: Mark
    kind: str = "list"


@attrs.define(eq=False)
class Mapping:
    """A map. Keys are texts; ``entries`` holds what ``<<`` brought in as well."""

    entries: dict[str, tuple[Scalar, Node]]
    start: Mark
    end: Mark
    kind: str = "map"


Node = Scalar | Sequence | Mapping


@attrs.define(eq=False)
class Document:
    """A parsed file: its text, and its nodes.

    Attributes:
        name: the file as it was given, or ``<text>``.
        text: all of it.
        root: its top node; None where it is empty.
    """

    name: str
    text: str
    root: Node | None
    _starts: list[int] = attrs.field(factory=lambda: [0], init=False)

    def find(self, path: Path) -> tuple[Scalar | None, Node | None]:
        """Return the key and the value at a path; the nearest thing above it where there is none."""
        key: Scalar | None = None
        node = self.root
        for part in path:
            if isinstance(node, Mapping):
                entry = node.entries.get(str(part)) or _respelt(node, str(part))
                if entry is None:
                    break
                key, node = entry
            elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
                key, node = None, node.items[part]
            else:
                break
        return key, node

    def place(self, path: Path, *, at_key: bool = False) -> Place | None:
        """Return where the value at a path stands, or its key."""
        key, node = self.find(path)
        target = key if key is not None and (at_key or _is_empty(node)) else node
        return self.place_of(target) if target is not None else None

    def place_within(self, path: Path, needle: str, occurrence: int = 0) -> Place | None:
        """Return where a stretch of the text at a path stands; the whole text where it is not found.

        Escapes and folding can hide it: then the place of the whole is the best there is.
        """
        _, node = self.find(path)
        if not isinstance(node, Scalar):
            return self.place(path)
        at = node.start.index - 1
        for _ in range(occurrence + 1):
            at = self.text.find(needle, at + 1, node.end.index)
            if at < 0:
                return self.place_of(node)
        line, column = self._position(at)
        end_line, end_column = self._position(at + len(needle))
        return Place(self.name, line, column, end_line, end_column)

    def place_of(self, node: Node) -> Place:
        """Return where a node stands; of a list or map that spans lines, where it starts."""
        start, end = node.start, node.end
        line, column = start.line + 1, start.column + 1
        if end.line == start.line:
            return Place(self.name, line, column, line, max(end.column, start.column + 1) + 1)
        return Place(self.name, line, column, line, column + 1)

    def line(self, number: int, start: int = 0, width: int | None = None) -> str:
        """Return a part of a line, without its end.

        Args:
            number: of the line, 1 for the first.
            start: the first character, counted from 0.
            width: how many characters at most; None: all.
        """
        while len(self._starts) < number and self._next_line():
            pass
        if not 0 < number <= len(self._starts):
            return ""
        first = self._starts[number - 1]
        last = len(self.text) if width is None else min(len(self.text), first + start + width)
        end = self.text.find("\n", first, last)
        return self.text[first + start : end if end >= 0 else last].rstrip("\r")

    def _position(self, index: int) -> tuple[int, int]:
        while self._starts[-1] <= index and self._next_line():
            pass
        line = bisect.bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1

    def _next_line(self) -> bool:
        """Find the start of one more line; lines are looked for no further than they are needed."""
        at = self.text.find("\n", self._starts[-1])
        if at >= 0:
            self._starts.append(at + 1)
        return at >= 0


def _is_empty(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.kind == "null" and not node.text


def _respelt(node: Mapping, name: str) -> tuple[Scalar, Node] | None:
    """Return the entry whose key differs from ``name`` by its spaces and underscores alone."""
    if " " not in name and "_" not in name:
        return None
    plain = name.replace("_", " ")
    for key, entry in node.entries.items():
        if key.replace("_", " ") == plain:
            return entry
    return None
