"""Read nodes as plain values by the shapes of `study_file`, and note all that is wrong on the way."""

from __future__ import annotations

import attrs

from maestro_spec.diagnostics.problems import Path
from maestro_spec.schema import hints
from maestro_spec.schema.collector import INVALID, KINDS, Invalid, ProblemCollector
from maestro_spec.schema.read_scalar import ScalarReader, in_words
from maestro_spec.schema.read_value import ValueReader, plain
from maestro_spec.schema.study_file import RUN
from maestro_spec.schema.types import (
    Anything,
    ByNode,
    IfKey,
    Key,
    ListOf,
    MapOf,
    Record,
    Shape,
    Value,
    is_droppable,
)
from maestro_spec.yaml.nodes import Mapping, Node, Scalar, Sequence
from maestro_spec.yaml.scalars import PlainValue


@attrs.frozen
class Reader:
    """Reads the nodes of one document.

    Attributes:
        found: takes what is wrong with them.
    """

    found: ProblemCollector
    _scalars: ScalarReader = attrs.field(init=False)
    _values: ValueReader = attrs.field(init=False)

    @_scalars.default
    def _make_scalars(self) -> ScalarReader:
        return ScalarReader(self.found)

    @_values.default
    def _make_values(self) -> ValueReader:
        return ValueReader(self.found)

    def read(self, node: Node, shape: Shape, path: Path, name: str) -> PlainValue | Invalid:
        """Return the plain value of a node, or `INVALID`.

        Args:
            node: what to read.
            shape: what it should look like.
            path: where it stands in the document.
            name: what to call it in messages.
        """
        if is_droppable(shape) and says_nothing(node):
            self._scalars.dropped(node, shape, path, name)
            return None
        if isinstance(shape, Record):
            return self.record(node, shape, path)
        if isinstance(shape, ListOf):
            return self._list(node, shape, path, name)
        if isinstance(shape, MapOf):
            return self._map(node, shape, path, name)
        if isinstance(shape, Anything):
            return plain(node)
        if isinstance(shape, ByNode):
            return self._by_node(node, shape, path, name)
        if isinstance(shape, IfKey):
            is_then = isinstance(node, Mapping) and isinstance(
                node.entries.get(shape.key, (None, None))[1], Scalar
            )
            return self.read(node, shape.then if is_then else shape.otherwise, path, name)
        if isinstance(shape, Value):
            return self._values.read(node, shape, path, name)
        return self._scalars.read(node, shape, path, name)

    # Maps and lists

    def record(self, node: Node, shape: Record, path: Path) -> dict[str, PlainValue] | Invalid:
        """Read a map with known keys.

        Args:
            node: what to read.
            shape: the keys, and what each takes.
            path: where it stands in the document.

        Returns:
            name → value of those that are there and right.
        """
        if node.kind == "null" and shape.nullable:
            return {}
        if not isinstance(node, Mapping):
            text = node.text if isinstance(node, Scalar) and node.kind == "str" else ""
            hint = hints.not_a_map(text, shape.title) if text else None
            return self.found.wrong(node, path, shape.title, "a map", hint)
        found: dict[str, PlainValue | Invalid] = {}
        for text, (key, value) in node.entries.items():
            known = _known(shape, text)
            if known is None:
                self._other(shape, key, value, (*path, text), found, node)
            elif known.name in found:
                message = f"`{known.name}` is here for the second time, as `{text}`."
                self.found.complain("MS008", key, (*path, text), message, "Remove one of them.")
            else:
                if known.unused:
                    message = f"`{text}` is kept, but never executed."
                    hint = f"Put it into `cmd`, or remove `{text}`."
                    self.found.complain("MS109", key, (*path, text), message, hint)
                found[known.name] = self.read(value, known.shape, (*path, text), f"`{text}`")
        for key_shape in shape.keys:
            if key_shape.required and key_shape.name not in found:
                message = f"`{key_shape.name}` is missing in {shape.title}."
                self.found.complain("MS103", node, path, message, f"Add `{key_shape.name}: …`.")
        return {name: value for name, value in found.items() if value is not INVALID}

    def _other(
        self,
        shape: Record,
        key: Scalar,
        value: Node,
        path: Path,
        found: dict[str, PlainValue | Invalid],
        within: Mapping,
    ) -> None:
        """Read or report a key that the record does not know."""
        text = key.text
        if shape.others is not None:
            if self._is_name(key, path):
                found[text] = self.read(value, shape.others, path, f"`{text}`")
            return
        if shape.free:
            found[text] = plain(value)
            return
        names = [k.name for k in shape.keys]
        meant = hints.MEANT.get(text.lower())
        if meant not in names:
            meant = self.found.suggest.closest(text, names)
        hint = f"Did you mean `{meant}`?" if meant else None
        if shape.title == "a step" and (of_run := _of_run(text)) is not None:
            hint = "It belongs under `run`" + (f", as `{of_run}`." if of_run != text else ".")
        if shape.closed or (shape.missed and meant is not None and meant not in within.entries):
            if hint is None and len(names) <= 12:
                hint = "Known keys: " + ", ".join(names) + "."
            self.found.complain("MS101", key, path, f"{shape.title} has no key `{text}`.", hint)
        elif text == "spack" and shape.title == "`dependencies`":
            message = "Spack dependencies were never implemented."
            self.found.complain("MS101", key, path, message, "Use `paths` or `git`.")
        else:
            self.found.complain("MS102", key, path, f"`{text}` in {shape.title} is ignored.", hint)

    def _is_name(self, key: Scalar, path: Path) -> bool:
        """Return whether a free key can be a name; YAML takes `on` and `1` for something else."""
        if key.kind != "str":
            message = f"YAML takes the name `{key.text}` for {KINDS[key.kind]}."
            self.found.complain("MS012", key, path, message, f'Put it in quotes: "{key.text}".')
            return False
        if not key.text:
            self.found.complain("MS105", key, path, "A name is empty.")
            return False
        return True

    def _map(self, node: Node, shape: MapOf, path: Path, name: str) -> PlainValue | Invalid:
        if not isinstance(node, Mapping):
            return self.found.wrong(node, path, name, "a map")
        found: dict[str, PlainValue | Invalid] = {}
        for text, (key, value) in node.entries.items():
            here = (*path, text)
            strict = isinstance(shape.value, Value) and shape.value.strict
            if not strict or self._is_name(key, here):
                found[text] = self.read(value, shape.value, here, f"`{text}`")
        return {key: value for key, value in found.items() if value is not INVALID}

    def _list(self, node: Node, shape: ListOf, path: Path, name: str) -> PlainValue | Invalid:
        if not isinstance(node, Sequence):
            hint = None
            if isinstance(node, Scalar) and node.kind != "null":
                hint = hints.as_list(name, node.text)
            return self.found.wrong(node, path, name, "a list", hint)
        if len(node.items) < shape.minimum:
            message = f"{name} needs at least {shape.minimum} item."
            self.found.complain("MS105", node, path, message)
            return INVALID
        if isinstance(shape.item, Value):
            item_name, read = f"an item of {name}", self._values.read
            found = [
                read(item, shape.item, (*path, number), item_name)
                for number, item in enumerate(node.items)
            ]
            return [value for value in found if value is not INVALID]
        values: list[PlainValue] = []
        seen: set[object] = set()
        for number, item in enumerate(node.items):
            value = self.read(item, shape.item, (*path, number), f"an item of {name}")
            if value is INVALID:
                continue
            if shape.unique:
                if value in seen:
                    message = f"`{value}` is in {name} twice."
                    self.found.complain(
                        "MS107", item, (*path, number), message, "Remove one of them."
                    )
                    continue
                seen.add(value)
            values.append(value)
        return values

    def _by_node(self, node: Node, shape: ByNode, path: Path, name: str) -> PlainValue | Invalid:
        chosen = {"list": shape.sequence, "map": shape.mapping}.get(node.kind, shape.scalar)
        if chosen is None:
            options = (shape.scalar, shape.sequence, shape.mapping)
            expected = " or ".join(in_words(option) for option in options if option is not None)
            return self.found.wrong(node, path, name, expected)
        return self.read(node, chosen, path, name)


def says_nothing(node: Node) -> bool:
    """Return whether a node is nothing, false, 0, blank, or an empty list or map."""
    if isinstance(node, Scalar):
        return not (node.value.strip() if isinstance(node.value, str) else node.value)
    return not (node.items if isinstance(node, Sequence) else node.entries)


def _known(shape: Record, text: str) -> Key | None:
    for key in shape.keys:
        if key.name == text or (key.ours and key.name.replace("_", " ") == text.replace("_", " ")):
            return key
    return None


def _of_run(text: str) -> str | None:
    """Return the key of `run` that a key is or stands for, or None."""
    known = _known(RUN, hints.MEANT.get(text.lower(), text))
    return None if known is None else known.name
