"""Text → nodes with line and column. The limits are kept here, before anything is built.

The parser's events are composed by a loop, not by recursion: libyaml's own composer recurses in C
and dies of 50 KB of ``[``. An alias costs as much as what it stands for, so that a few lines of
aliases cannot stand for a billion values.
"""

from __future__ import annotations

import difflib
import itertools
import os
from collections.abc import Callable
from pathlib import Path as FilePath
from typing import Any

import attrs
import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from maestro_spec.diagnostics.problems import Place, Problem, problem
from maestro_spec.errors import StudyInvalid, StudyUnreadable
from maestro_spec.yaml import hints as yaml_hints
from maestro_spec.yaml.nodes import Document, Mapping, Mark, Node, Position, Scalar, Sequence
from maestro_spec.yaml.scalars import TAGS, ScalarError, convert, resolve

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 100
MAX_ALIASES = 10_000
#: values that are written; a chain of 10 000 steps has 120 000
MAX_VALUES = 500_000
#: values that aliases and merges stand for
MAX_EXPANDED = 100_000

_LIMITS = {"MS005", "MS006", "MS007"}

#: no more than this many problems of one kind are worth reading
_MOST_DUPLICATES = 1000

_COLLECTION_TAGS = {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}


def read_file(path: FilePath, name: str) -> str:
    """The text of a file.

    Raises:
        StudyUnreadable: there is none, or it may not be read.
        StudyInvalid: it is too large, or no UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        hint = _file_beside(path) if isinstance(error, FileNotFoundError) else None
        found = problem("MS001", None, (), f"{name} cannot be read: {reason}.", hint)
        raise StudyUnreadable(found.message, [found]) from error
    return decode(data, name)


def _file_beside(path: FilePath) -> str | None:
    """A hint that names the file that nearly has a name, or None."""
    try:
        with os.scandir(path.parent) as entries:
            names = [entry.name for entry in itertools.islice(entries, 1000) if entry.is_file()]
    except OSError:
        return None
    near = difflib.get_close_matches(path.name, sorted(names), n=1, cutoff=0.75)
    return f"Did you mean {path.parent / near[0]}?" if near else None


def decode(data: bytes, name: str) -> str:
    """Bytes as text.

    Raises:
        StudyInvalid: they are too many, or no UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise _invalid(
            problem("MS004", Place(name, 1, 1, 1, 2), (), "The file is larger than 16 MiB.")
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        place = Place(name, line, column, line, column + 1)
        found = problem(
            "MS002",
            place,
            (),
            f"The byte 0x{data[error.start]:02x} is no UTF-8.",
            "Save the file as UTF-8.",
        )
        raise _invalid(found) from error


def parse(text: str, name: str) -> tuple[Document, list[Problem]]:
    """Text as a document, and what is wrong with it although it could be read.

    Raises:
        StudyInvalid: it is no YAML, or beyond the limits.
    """
    document = Document(name, text, None)
    if len(text) > MAX_BYTES or len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        raise _invalid(
            problem("MS004", Place(name, 1, 1, 1, 2), (), "The text is larger than 16 MiB.")
        )
    composer = _Composer(document)
    try:
        document.root = composer.compose(_events(text))
    except yaml.MarkedYAMLError as error:
        _keep_limits_before(error, document)
        raise _invalid(_syntax(document, error)) from error
    except yaml.reader.ReaderError as error:
        raise _invalid(_unreadable_character(document, error)) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # The parser in Python has no better words for a lone surrogate or `"\UFFFFFFFF"`.
        place = Place(name, 1, 1, 1, 2)
        raise _invalid(problem("MS003", place, (), f"This is no YAML: {error}.")) from error
    return document, composer.problems


def _keep_limits_before(error: yaml.MarkedYAMLError, document: Document) -> None:
    """Raises for a limit that the document is beyond before the place of a syntax error.

    The parser reads ahead of its events, and may have limits of its own: libyaml 0.2.6 nests no
    deeper than 1 000, and says so as a syntax error, before it tells of the first ``[``. What is
    before the error was read, so it is composed without the rest.

    Raises:
        StudyInvalid: there is such a limit.
    """
    if error.problem_mark is None:
        return
    before = document.text[: error.problem_mark.index]
    try:
        _Composer(Document(document.name, before, None)).compose(_events(before))
    except StudyInvalid as found:
        if found.problems[0].code in _LIMITS:
            raise
    except (yaml.YAMLError, ValueError, OverflowError):
        pass  # it ends in the middle of something; the error itself has the better words


class _PurePython(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):
    """The parser to use where PyYAML was built without libyaml."""

    def __init__(self, text: str) -> None:
        yaml.reader.Reader.__init__(self, text)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)


def _events(text: str) -> Callable[[], Any]:
    """What gives the next event, or None."""
    parser: Any = (
        yaml.cyaml.CParser(text)  # type: ignore[attr-defined]  # missing in the stubs
        if yaml.__with_libyaml__
        else _PurePython(text)
    )
    get: Callable[[], Any] = parser.get_event
    return get


@attrs.define
class _Open:
    """A list or map that is being filled; of a map, ``items`` are keys and values in turn."""

    node: Sequence | Mapping
    items: list[Node]
    anchor: str | None
    weight: int = 1


@attrs.define
class _Composer:
    """Builds nodes from events, and keeps the limits."""

    document: Document
    problems: list[Problem] = attrs.field(factory=list)
    _anchors: dict[str, tuple[Node, int] | None] = attrs.field(factory=dict)
    _values: int = 0
    _expanded: int = 0
    _aliases: int = 0

    def compose(self, next_event: Callable[[], Any]) -> Node | None:
        root: Node | None = None
        documents = 0
        stack: list[_Open] = []
        while (event := next_event()) is not None:
            kind = type(event)
            if kind is ScalarEvent:
                node: Node = self._scalar(event)
                weight = 1
                if event.anchor is not None:
                    self._anchors[event.anchor] = (node, 1)
            elif kind is SequenceStartEvent or kind is MappingStartEvent:
                self._open(event, stack, Sequence if kind is SequenceStartEvent else Mapping)
                continue
            elif kind is SequenceEndEvent or kind is MappingEndEvent:
                node, weight = self._close(event, stack)
            elif kind is AliasEvent:
                node, weight = self._alias(event)
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    message = "A study file holds one document, and here a second one starts."
                    raise self._stop("MS011", event, message, "Remove the line `---`.")
                continue
            else:
                continue
            if kind is AliasEvent:
                self._expanded += weight
            else:
                self._values += 1
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

    def _stop(self, code: str, event: Any, message: str, hint: str | None = None) -> StudyInvalid:
        place = self.document.place_of(Scalar("", "str", "", event.start_mark, event.end_mark))
        return _invalid(problem(code, place, (), message, hint))

    def _scalar(self, event: Any) -> Scalar:
        tag, text = event.tag, event.value
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
            node = Scalar(text, kind, value, event.start_mark, event.end_mark)
            self._complain(
                "MS009", node, "An unquoted `=` means nothing in YAML.", 'Put it in quotes: "=".'
            )
        return Scalar(text, kind, value, event.start_mark, event.end_mark)

    def _open(self, event: Any, stack: list[_Open], kind: type[Sequence] | type[Mapping]) -> None:
        if len(stack) >= MAX_DEPTH:
            message = f"Lists and maps are nested more than {MAX_DEPTH} deep."
            raise self._stop("MS005", event, message)
        if event.tag not in (None, "!") and event.tag not in _COLLECTION_TAGS:
            self._bad_tag(event)
        node = (
            Sequence([], event.start_mark, event.end_mark)
            if kind is Sequence
            else Mapping({}, event.start_mark, event.end_mark)
        )
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        stack.append(_Open(node, [], event.anchor))

    def _close(self, event: Any, stack: list[_Open]) -> tuple[Node, int]:
        done = stack.pop()
        done.node.end = event.end_mark
        if isinstance(done.node, Sequence):
            done.node.items = done.items
        else:
            self._fill(done.node, done.items)
        if done.anchor is not None:
            self._anchors[done.anchor] = (done.node, done.weight)
        return done.node, done.weight

    def _alias(self, event: Any) -> tuple[Node, int]:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise self._stop("MS006", event, f"There are more than {MAX_ALIASES} aliases.")
        if event.anchor not in self._anchors:
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

    def _bad_tag(self, event: Any) -> None:
        node = Scalar("", "str", "", event.start_mark, event.end_mark)
        message = f"The tag `{event.tag}` does not belong into a study file, or does not fit."
        self._complain("MS009", node, message, "Remove the tag.")

    def _complain(self, code: str, node: Node, message: str, hint: str | None = None) -> None:
        if len(self.problems) < _MOST_DUPLICATES:
            place = self.document.place_of(node)
            self.problems.append(problem(code, place, (), message, hint))


def _invalid(found: Problem) -> StudyInvalid:
    return StudyInvalid(str(found), [found])


def _syntax(document: Document, error: yaml.MarkedYAMLError) -> Problem:
    mark: Mark = error.problem_mark or error.context_mark or Position()
    found = yaml_hints.find(document.text, mark.line)
    if found is not None:
        line, column = found.line + 1, found.column + 1
        place = Place(document.name, line, column, line, column + found.length)
        return problem("MS003", place, (), found.message, found.hint)
    what = (error.problem or "it cannot be parsed").strip()
    message = f"This is no YAML: {what}."
    hint = None
    if error.context_mark is not None and error.context:
        hint = (
            f"That was {error.context.strip()} that starts in line {error.context_mark.line + 1}."
        )
    line, column = mark.line + 1, mark.column + 1
    place = Place(document.name, line, column, line, column + 1)
    return problem("MS003", place, (), message, hint)


def _unreadable_character(document: Document, error: yaml.reader.ReaderError) -> Problem:
    # libyaml counts bytes, the parser in Python characters.
    before = document.text.encode(errors="surrogatepass")[: error.position].decode(errors="ignore")
    if not yaml.__with_libyaml__:
        before = document.text[: error.position]
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    character = error.character if isinstance(error.character, int) else ord(error.character)
    message = f"The character U+{character:04X} is not allowed in YAML."
    place = Place(document.name, line, column, line, column + 1)
    return problem("MS003", place, (), message, "Remove it.")
