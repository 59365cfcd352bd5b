"""Single values by their shapes; `structure` adds maps and lists."""

from __future__ import annotations

import math
import re
from typing import Any

import attrs

from maestro_spec.diagnostics.problems import Path, Problem, problem
from maestro_spec.schema.suggest import Suggester
from maestro_spec.schema.types import (
    Flag,
    IfKey,
    ListOf,
    MapOf,
    Number,
    Record,
    Shape,
    Text,
    Value,
    Walltime,
    Whole,
    Word,
)
from maestro_spec.yaml.nodes import Document, Node, Scalar, Sequence

#: A value that could not be read; what is wrong with it has been noted.
INVALID: Any = object()

_INT64 = range(-(2**63), 2**64)
_WRITTEN_OUT = frozenset({"true", "false"})
KINDS = {
    "str": "a text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
    "sixty": "a time, which YAML takes for a number",
    "time": "a date",
    "list": "a list",
    "map": "a map",
}
_MOST_PROBLEMS = 1000

#: A token that can stand for a number or a word; workspaces and the launcher cannot.
_ONE = r"\$\((?!WORKSPACE\)|LAUNCHER\)|[^()]*\.workspace\))[^()$]{1,200}\)"
_ONE_TOKEN = re.compile(_ONE)
_DIGITS_AND_TOKENS = re.compile(rf"(?:[0-9]|{_ONE}){{1,50}}")


@attrs.define
class ScalarReader:
    """Reads single values of one document and collects what is wrong with them."""

    document: Document
    problems: list[Problem] = attrs.field(factory=list)
    suggest: Suggester = attrs.field(factory=Suggester)

    def complain(
        self, code: str, node: Node, path: Path, message: str, hint: str | None = None
    ) -> None:
        """Note a problem; beyond a thousand nobody reads them, and they take time."""
        if len(self.problems) < _MOST_PROBLEMS:
            place = self.document.place_of(node)
            self.problems.append(problem(code, place, path, message, hint))

    def single(
        self,
        node: Node,
        shape: Text | Word | Whole | Number | Flag | Walltime | Value,
        path: Path,
        name: str,
    ) -> Any:
        """The value of a node that should hold a single one, or `INVALID`."""
        if isinstance(shape, Value):
            return self.value(node, shape, path, name)
        if not isinstance(node, Scalar):
            return self.wrong(node, path, name, in_words(shape))
        if isinstance(shape, Text):
            return self._text(node, shape, path, name)
        if isinstance(shape, Whole):
            return self._whole(node, shape, path, name)
        if isinstance(shape, Number):
            return self._number(node, shape, path, name)
        if isinstance(shape, Flag):
            return self._flag(node, shape, path, name)
        if isinstance(shape, Walltime):
            return self._walltime(node, path, name)
        return self._word(node, shape, path, name)

    def wrong(
        self, node: Node, path: Path, name: str, expected: str, hint: str | None = None
    ) -> Any:
        """Note that a node is of the wrong type, or empty; gives `INVALID`."""
        if node.kind == "null":
            if hint is None and name.startswith("`"):
                hint = f"Write {expected} behind {name[:-1]}:`."
            self.complain("MS105", node, path, f"{name} is empty; it must be {expected}.", hint)
        else:
            message = f"{name} must be {expected}, and is {KINDS[node.kind]}."
            self.complain("MS104", node, path, message, hint)
        return INVALID

    def _text(self, node: Scalar, shape: Text, path: Path, name: str) -> Any:
        if node.kind == "null" and shape.nullable:
            return None
        unread = {"null", "bool"} if shape.droppable else {"null"}
        if node.kind == "str" or (shape.convert and node.kind not in unread):
            if (node.text if shape.blank else node.text.strip()) or shape.empty:
                return node.text
            self.complain("MS105", node, path, f"{name} is empty.")
            return INVALID
        return self.wrong(node, path, name, "a text", _quote(node))

    def _whole(self, node: Scalar, shape: Whole, path: Path, name: str) -> Any:
        value = node.value
        if node.kind == "str":
            digits = value.strip()
            if digits.isascii() and digits.isdigit() and len(digits) < 20:
                value = int(digits)
            elif (shape.tokens and _DIGITS_AND_TOKENS.fullmatch(digits)) or shape.loose:
                return value
        if node.kind == "float" and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            if shape.loose:
                return node.text
            return self.wrong(node, path, name, in_words(shape))
        return self._in_range(node, value, shape.minimum, shape.maximum, path, name)

    def _in_range(
        self, node: Scalar, value: Any, minimum: float, maximum: float | None, path: Path, name: str
    ) -> Any:
        if value < minimum:
            message = f"{name} must be at least {minimum}, and is {node.text}."
        elif (maximum is not None and value > maximum) or value not in _INT64:
            most = maximum if maximum is not None else 2**63
            message = f"{name} must be at most {most}, and is {node.text}."
        else:
            return value
        self.complain("MS106", node, path, message)
        return INVALID

    def _number(self, node: Scalar, shape: Number, path: Path, name: str) -> Any:
        value = node.value
        if node.kind == "str":
            try:
                value = float(value)
            except ValueError:
                return self.wrong(node, path, name, "a number")
        elif node.kind not in {"int", "float"}:
            return self.wrong(node, path, name, "a number")
        if not math.isfinite(value) or abs(value) > 1e300:
            return self.wrong(node, path, name, "a finite number")
        if shape.minimum is not None and value < shape.minimum:
            message = f"{name} must be at least {shape.minimum}, and is {node.text}."
            self.complain("MS106", node, path, message)
            return INVALID
        return value if isinstance(value, float) or value in _INT64 else float(value)

    def _flag(self, node: Scalar, shape: Flag, path: Path, name: str) -> Any:
        if node.kind == "bool":
            return node.value
        if node.kind == "str" and shape.tokens and _ONE_TOKEN.fullmatch(node.text.strip()):
            return node.text
        return self.wrong(node, path, name, "true or false", "Write it without quotes: true.")

    def _walltime(self, node: Scalar, path: Path, name: str) -> Any:
        if node.kind == "sixty":
            return node.text
        value = node.value
        if node.kind == "float" and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            checked = self._in_range(node, value, 0, None, path, name)
            if checked is INVALID:
                return checked
            # Upstream leaves the number 0 out, and hands the text "0" to the scheduler.
            return str(checked) if checked else None
        if node.kind == "str":
            if node.text.strip():
                return node.text
            self.complain("MS105", node, path, f"{name} is empty.")
            return INVALID
        return self.wrong(node, path, name, "a walltime such as 90, 24:00:00 or 2-00:00:00")

    def _word(self, node: Scalar, shape: Word, path: Path, name: str) -> Any:
        value = node.value
        words = ", ".join(shape.words)
        if node.kind == "str":
            if value.casefold() in shape.words:
                return value.casefold()
            if _ONE_TOKEN.fullmatch(value.strip()):
                return value
            try:
                value = float(value)
            except ValueError:
                meant = self.suggest.closest(value, shape.words)
                hint = f"Did you mean `{meant}`?" if meant else f"Known: {words}, or 0.0 to 1.0."
                self.complain("MS108", node, path, f"{name} cannot be `{node.text}`.", hint)
                return INVALID
        elif node.kind not in {"int", "float"}:
            return self.wrong(node, path, name, f"one of {words}")
        if shape.numbers is None or not shape.numbers[0] <= value <= shape.numbers[1]:
            message = f"{name} must be between 0.0 and 1.0, and is {node.text}."
            self.complain("MS106", node, path, message)
            return INVALID
        return value

    def value(self, node: Node, shape: Value, path: Path, name: str) -> Any:
        """The value of a variable or a parameter; long tables are lists of these."""
        kind = node.kind
        if kind == "str":
            if isinstance(node, Scalar) and (node.text or not shape.strict):
                return node.text
            self.complain("MS105", node, path, f"{name} is empty.")
            return INVALID
        if not isinstance(node, Scalar):
            if shape.strict:
                return self.wrong(node, path, name, "a text or a number")
            message = f"{name} is {KINDS[kind]}: the token gives its text as Python writes it."
            self.complain("MS113", node, path, message, "Write it as a text in quotes.")
            return plain(node)
        if shape.strict and kind in {"bool", "time", "null"}:
            return self.wrong(node, path, name, "a text or a number", _quote(node))
        self._trap(node, path, name)
        return _packable(node.value)

    def dropped(self, node: Node, shape: Shape, path: Path, name: str) -> None:
        """Warn where a text that says nothing to YAML was a word: `bank: no`."""
        if not (isinstance(shape, Text) and isinstance(node, Scalar) and node.kind == "bool"):
            return
        if node.text.lower() not in _WRITTEN_OUT:
            message = f"YAML takes `{node.text}` for false, which says nothing: {name} is left out."
            self.complain("MS110", node, path, message, _quote(node))

    def _trap(self, node: Scalar, path: Path, name: str) -> None:
        """Warn where YAML makes something else of what was written."""
        text, kind, value = node.text, node.kind, node.value
        if kind == "float" or (kind == "int" and str(value) == text):
            return
        quote = _quote(node)
        if kind == "bool":
            if text.lower() not in _WRITTEN_OUT:
                message = (
                    f"YAML takes `{text}` for {str(value).lower()}: the token gives `{value}`."
                )
                self.complain("MS110", node, path, message, quote)
        elif kind == "sixty":
            message = (
                f"YAML takes `{text}` for a number in base sixty; it is kept as it was written."
            )
            self.complain("MS111", node, path, message, quote)
        elif kind in {"int", "time"}:
            if str(value) != text:
                message = f"YAML takes `{text}` for `{value}`, and the token gives that."
                self.complain("MS112", node, path, message, quote)
        elif kind == "null":
            message = f"{name} is nothing: the token gives `None`."
            self.complain("MS113", node, path, message, "Write a value, or a text in quotes.")


def is_droppable(shape: Shape) -> bool:
    """Whether what says nothing may stand for a value of this shape, and is left out."""
    return shape.loose if isinstance(shape, Whole) else getattr(shape, "droppable", False)


def says_nothing(node: Node) -> bool:
    """Whether a node is nothing, false, 0, blank, or an empty list or map."""
    if isinstance(node, Scalar):
        return not (node.value.strip() if isinstance(node.value, str) else node.value)
    return not (node.items if isinstance(node, Sequence) else node.entries)


def _quote(node: Scalar) -> str | None:
    return f'Put it in quotes: "{node.text}".' if node.text and len(node.text) < 60 else None


def in_words(shape: Shape) -> str:
    """What a shape asks for, in words."""
    if isinstance(shape, Whole):
        limits = f"{shape.minimum} to {shape.maximum}" if shape.maximum else f"≥ {shape.minimum}"
        return f"a whole number ({limits})" + (" or a token $(NAME)" if shape.tokens else "")
    if isinstance(shape, (Record, MapOf, IfKey)):
        return "a map"
    if isinstance(shape, ListOf):
        return "a list"
    if isinstance(shape, Flag):
        return "true or false"
    if isinstance(shape, Number):
        return "a number"
    return "a text"


def _packable(value: Any) -> Any:
    """A value as the workspace format can hold it: whole numbers beyond 64 bits as texts."""
    if isinstance(value, int) and value not in _INT64:
        return str(value)
    return value


def plain(node: Node) -> Any:
    """A node as plain Python values; keys are texts."""
    if isinstance(node, Scalar):
        return _packable(node.value)
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, (_, value) in node.entries.items()}
