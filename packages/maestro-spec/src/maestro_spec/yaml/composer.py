"""Compose the parser's events into nodes, within limits that are kept before anything is built.

Events are composed by a loop, not by recursion: libyaml's own composer recurses in C and dies of
50 KB of ``[``. An alias costs as much as what it stands for, so that a few lines of aliases cannot
stand for a billion values.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from maestro_spec.diagnostics.problems import Problem, problem
from maestro_spec.errors import StudyInvalid, invalid
from maestro_spec.yaml.nodes import Document, Mapping, Node, Position, Scalar, Sequence
from maestro_spec.yaml.scalars import TAGS, ScalarError, convert, resolve

MAX_DEPTH = 100
MAX_ALIASES = 10_000
#: values that are written; a chain of 10 000 steps has 120 000
MAX_VALUES = 500_000
#: values that aliases and merges stand for
MAX_EXPANDED = 100_000

#: codes of the limits
LIMITS = frozenset({"MS005", "MS006", "MS007"})

#: no more than this many problems of one kind are worth reading
_MOST_DUPLICATES = 1000

_COLLECTION_TAGS = {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}

#: stands for a mark that an event lacks; those of the parsers have all
_NOWHERE = Position()


@attrs.define
class _Open:
    """A list or map that is being filled; of a map, ``items`` are keys and values in turn."""

    node: Sequence | Mapping
    items: list[Node]
    anchor: str | None
    weight: int = 1


@attrs.define
class Composer:
    """Builds nodes from the events of one text.

    Attributes:
        document: what the text belongs to; gives names and places.
        problems: what is wrong although the text could be read, no more than a thousand.
    """

    document: Document
    problems: list[Problem] = attrs.field(factory=list)
    _anchors: dict[str, tuple[Node, int] | None] = attrs.field(factory=dict)
    _values: int = 0
    _expanded: int = 0
    _aliases: int = 0

    def compose(self, next_event: Callable[[], Event | None]) -> Node | None:
        """Return the node that a text's events make; None for a text without any.

        Args:
            next_event: gives one event after the other, and None behind the last one.

        Raises:
            StudyInvalid: it is beyond a limit, or has an alias that stands for nothing.
        """
        root: Node | None = None
        documents = 0
        stack: list[_Open] = []
        while (event := next_event()) is not None:
            if type(event) is ScalarEvent:  # most are, and `isinstance` is slower
                node: Node = self._scalar(event)
                weight = 1
                if event.anchor is not None:
                    self._anchors[event.anchor] = (node, 1)
                self._values += 1
            elif isinstance(event, (SequenceStartEvent, MappingStartEvent)):
                self._open(event, stack)
                continue
            elif isinstance(event, (SequenceEndEvent, MappingEndEvent)):
                node, weight = self._close(event, stack)
                self._values += 1
            elif isinstance(event, AliasEvent):
                node, weight = self._alias(event)
                self._expanded += weight
            elif isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    message = "A study file holds one document, and here a second one starts."
                    raise self._stop("MS011", event, message, "Remove the line `---`.")
                continue
            else:
                continue
            if self._expanded > MAX_EXPANDED:
                message = f"The aliases stand for more than {MAX_EXPANDED} values."
                hint = "Write out what is needed, or put it into a CSV file (`csv: FILE`)."
                raise self._stop("MS007", event, message, hint)
            if self._values > MAX_VALUES:
                message = f"The document holds more than {MAX_VALUES} values."
                hint = "Put large tables of parameters into a CSV file (`csv: FILE`)."
                raise self._stop("MS007", event, message, hint)
            if stack:
                stack[-1].items.append(node)
                stack[-1].weight += weight
            else:
                root = node
        return root

    def _stop(self, code: str, event: Event, message: str, hint: str | None = None) -> StudyInvalid:
        place = self.document.place_of(_stand_in(event))
        return invalid(problem(code, place, (), message, hint))

    def _scalar(self, event: ScalarEvent) -> Scalar:
        tag, text = event.tag, event.value
        start, end = event.start_mark or _NOWHERE, event.end_mark or _NOWHERE
        if tag is None or tag == "!":
            kind, value = resolve(text) if event.implicit[0] else ("str", text)
        else:
            try:
                kind, value = convert(TAGS[tag], text)
            except (KeyError, ScalarError):
                kind, value = "str", text
                self._bad_tag(event)
        if kind == "value":
            kind = "str"
            node = Scalar(text, kind, value, start, end)
            self._complain(
                "MS009", node, "An unquoted `=` means nothing in YAML.", 'Put it in quotes: "=".'
            )
        return Scalar(text, kind, value, start, end)

    def _open(self, event: CollectionStartEvent, stack: list[_Open]) -> None:
        if len(stack) >= MAX_DEPTH:
            message = f"Lists and maps are nested more than {MAX_DEPTH} deep."
            raise self._stop("MS005", event, message)
        if event.tag not in (None, "!") and event.tag not in _COLLECTION_TAGS:
            self._bad_tag(event)
        start, end = event.start_mark or _NOWHERE, event.end_mark or _NOWHERE
        node = (
            Sequence([], start, end)
            if isinstance(event, SequenceStartEvent)
            else Mapping({}, start, end)
        )
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        stack.append(_Open(node, [], event.anchor))

    def _close(self, event: Event, stack: list[_Open]) -> tuple[Node, int]:
        done = stack.pop()
        done.node.end = event.end_mark or _NOWHERE
        if isinstance(done.node, Sequence):
            done.node.items = done.items
        else:
            self._fill(done.node, done.items)
        if done.anchor is not None:
            self._anchors[done.anchor] = (done.node, done.weight)
        return done.node, done.weight

    def _alias(self, event: AliasEvent) -> tuple[Node, int]:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise self._stop("MS006", event, f"There are more than {MAX_ALIASES} aliases.")
        if event.anchor is None or event.anchor not in self._anchors:
            message = f"`*{event.anchor}` stands for nothing: no `&{event.anchor}` comes before it."
            raise self._stop("MS003", event, message)
        found = self._anchors[event.anchor]
        if found is None:
            message = f"`&{event.anchor}` would contain itself."
            raise self._stop("MS010", event, message)
        return found

    def _fill(self, mapping: Mapping, items: list[Node]) -> None:
        entries: dict[str, tuple[Scalar, Node]] = {}
        merged: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, Scalar):
                self._complain("MS012", key, "A list or a map cannot be a key.")
            elif key.kind == "merge":
                self._merge(value, merged)
            elif key.text in entries:
                self._duplicate(key, entries[key.text][0])
            else:
                entries[key.text] = (key, value)
        # What is merged in comes first, as upstream orders it; own keys win.
        mapping.entries = {**merged, **entries}

    def _merge(self, value: Node, into: dict[str, tuple[Scalar, Node]]) -> None:
        sources = value.items if isinstance(value, Sequence) else [value]
        brought: dict[str, tuple[Scalar, Node]] = {}
        for source in sources:
            if not isinstance(source, Mapping):
                message = "`<<` takes a map or a list of maps."
                self._complain("MS104", source, message)
                continue
            # Of several sources the first to have a key gives it.
            for name, entry in source.entries.items():
                brought.setdefault(name, entry)
            self._expanded += len(source.entries)
        into.update(brought)

    def _duplicate(self, key: Scalar, first: Scalar) -> None:
        message = f"The key `{key.text}` is here for the second time; the first is in line {first.start.line + 1}."
        self._complain("MS008", key, message, "Remove one of them.")

    def _bad_tag(self, event: ScalarEvent | CollectionStartEvent) -> None:
        message = f"The tag `{event.tag}` does not belong into a study file, or does not fit."
        self._complain("MS009", _stand_in(event), message, "Remove the tag.")

    def _complain(self, code: str, node: Node, message: str, hint: str | None = None) -> None:
        if len(self.problems) < _MOST_DUPLICATES:
            place = self.document.place_of(node)
            self.problems.append(problem(code, place, (), message, hint))


def _stand_in(event: Event) -> Scalar:
    """Return a node that stands where an event does, to give its place."""
    return Scalar("", "str", "", event.start_mark or _NOWHERE, event.end_mark or _NOWHERE)
