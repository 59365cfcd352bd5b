"""Read the values of variables and parameters, and warn where YAML makes something else of one."""

from __future__ import annotations

import attrs

from maestro_spec.diagnostics.problems import Path
from maestro_spec.schema.collector import INVALID, KINDS, Invalid, ProblemCollector
from maestro_spec.schema.hints import in_quotes
from maestro_spec.schema.read_scalar import INT64, WRITTEN_OUT
from maestro_spec.schema.types import Value
from maestro_spec.yaml.nodes import Node, Scalar, Sequence
from maestro_spec.yaml.scalars import PlainValue, ScalarValue


@attrs.frozen
class ValueReader:
    """Reads values of one document; long tables are lists of these.

    Attributes:
        found: takes what is wrong with them.
    """

    found: ProblemCollector

    def read(self, node: Node, shape: Value, path: Path, name: str) -> PlainValue | Invalid:
        """Return the value of a variable or a parameter, or `INVALID`.

        Args:
            node: what to read.
            shape: what it should look like.
            path: where it stands in the document.
            name: what to call it in messages.
        """
        kind = node.kind
        if kind == "str":
            if isinstance(node, Scalar) and (node.text or not shape.strict):
                return node.text
            self.found.complain("MS105", node, path, f"{name} is empty.")
            return INVALID
        if not isinstance(node, Scalar):
            if shape.strict:
                return self.found.wrong(node, path, name, "a text or a number")
            message = f"{name} is {KINDS[kind]}: the token gives its text as Python writes it."
            self.found.complain("MS113", node, path, message, "Write it as a text in quotes.")
            return plain(node)
        if shape.strict and kind in {"bool", "time", "null"}:
            hint = in_quotes(node.text)
            return self.found.wrong(node, path, name, "a text or a number", hint)
        self._trap(node, path, name)
        return _packable(node.value)

    def _trap(self, node: Scalar, path: Path, name: str) -> None:
        """Warn where YAML makes something else of what was written."""
        text, kind, value = node.text, node.kind, node.value
        if kind == "float" or (kind == "int" and str(value) == text):
            return
        quote = in_quotes(text)
        if kind == "bool":
            if text.lower() not in WRITTEN_OUT:
                message = (
                    f"YAML takes `{text}` for {str(value).lower()}: the token gives `{value}`."
                )
                self.found.complain("MS110", node, path, message, quote)
        elif kind == "sixty":
            message = (
                f"YAML takes `{text}` for a number in base sixty; it is kept as it was written."
            )
            self.found.complain("MS111", node, path, message, quote)
        elif kind in {"int", "time"}:
            if str(value) != text:
                message = f"YAML takes `{text}` for `{value}`, and the token gives that."
                self.found.complain("MS112", node, path, message, quote)
        elif kind == "null":
            message = f"{name} is nothing: the token gives `None`."
            hint = "Write a value, or a text in quotes."
            self.found.complain("MS113", node, path, message, hint)


def _packable(value: ScalarValue) -> ScalarValue:
    """Return a value as the workspace format can hold it: whole numbers beyond 64 bits as texts."""
    if isinstance(value, int) and value not in INT64:
        return str(value)
    return value


def plain(node: Node) -> PlainValue:
    """Return a node as plain Python values; keys are texts."""
    if isinstance(node, Scalar):
        return _packable(node.value)
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, (_, value) in node.entries.items()}
