"""Read single values by their shapes: texts, words, numbers, switches, walltimes."""

from __future__ import annotations

import math
import re

import attrs

from maestro_spec.diagnostics.problems import Path
from maestro_spec.schema.collector import INVALID, Invalid, ProblemCollector
from maestro_spec.schema.hints import in_quotes
from maestro_spec.schema.types import (
    Flag,
    IfKey,
    ListOf,
    MapOf,
    Number,
    Record,
    Shape,
    Text,
    Walltime,
    Whole,
    Word,
)
from maestro_spec.yaml.nodes import Node, Scalar
from maestro_spec.yaml.scalars import ScalarValue

#: whole numbers that the workspace format can hold
INT64 = range(-(2**63), 2**64)

#: how true and false are written, where they are meant
WRITTEN_OUT = frozenset({"true", "false"})

#: A token that can stand for a number or a word; workspaces and the launcher cannot.
_ONE = r"\$\((?!WORKSPACE\)|LAUNCHER\)|[^()]*\.workspace\))[^()$]{1,200}\)"
_ONE_TOKEN = re.compile(_ONE)
_DIGITS_AND_TOKENS = re.compile(rf"(?:[0-9]|{_ONE}){{1,50}}")


@attrs.frozen
class ScalarReader:
    """Reads single values of one document.

    Attributes:
        found: takes what is wrong with them.
    """

    found: ProblemCollector

    def read(
        self,
        node: Node,
        shape: Text | Word | Whole | Number | Flag | Walltime,
        path: Path,
        name: str,
    ) -> ScalarValue | Invalid:
        """Return the value of a node that should hold a single one, or `INVALID`.

        Args:
            node: what to read.
            shape: what it should look like.
            path: where it stands in the document.
            name: what to call it in messages.
        """
        if not isinstance(node, Scalar):
            return self.found.wrong(node, path, name, in_words(shape))
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

    def _text(self, node: Scalar, shape: Text, path: Path, name: str) -> str | Invalid | None:
        if node.kind == "null" and shape.nullable:
            return None
        unread = {"null", "bool"} if shape.droppable else {"null"}
        if node.kind == "str" or (shape.convert and node.kind not in unread):
            if (node.text if shape.blank else node.text.strip()) or shape.empty:
                return node.text
            self.found.complain("MS105", node, path, f"{name} is empty.")
            return INVALID
        return self.found.wrong(node, path, name, "a text", in_quotes(node.text))

    def _whole(self, node: Scalar, shape: Whole, path: Path, name: str) -> int | str | Invalid:
        value = node.value
        if node.kind == "str":
            digits = node.text.strip()
            if digits.isascii() and digits.isdigit() and len(digits) < 20:
                value = int(digits)
            elif (shape.tokens and _DIGITS_AND_TOKENS.fullmatch(digits)) or shape.loose:
                return node.text
        elif isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            if shape.loose:
                return node.text
            return self.found.wrong(node, path, name, in_words(shape))
        return self._in_range(node, value, shape.minimum, shape.maximum, path, name)

    def _in_range(
        self, node: Scalar, value: int, minimum: int, maximum: int | None, path: Path, name: str
    ) -> int | Invalid:
        if value < minimum:
            message = f"{name} must be at least {minimum}, and is {node.text}."
        elif (maximum is not None and value > maximum) or value not in INT64:
            most = maximum if maximum is not None else 2**63
            message = f"{name} must be at most {most}, and is {node.text}."
        else:
            return value
        self.found.complain("MS106", node, path, message)
        return INVALID

    def _number(self, node: Scalar, shape: Number, path: Path, name: str) -> float | Invalid:
        value = node.value
        if node.kind == "str":
            try:
                value = float(node.text)
            except ValueError:
                return self.found.wrong(node, path, name, "a number")
        elif isinstance(value, bool) or not isinstance(value, (int, float)):
            return self.found.wrong(node, path, name, "a number")
        if not math.isfinite(value) or abs(value) > 1e300:
            return self.found.wrong(node, path, name, "a finite number")
        if shape.minimum is not None and value < shape.minimum:
            message = f"{name} must be at least {shape.minimum}, and is {node.text}."
            self.found.complain("MS106", node, path, message)
            return INVALID
        return value if isinstance(value, float) or value in INT64 else float(value)

    def _flag(self, node: Scalar, shape: Flag, path: Path, name: str) -> bool | str | Invalid:
        if isinstance(node.value, bool):
            return node.value
        if node.kind == "str" and shape.tokens and _ONE_TOKEN.fullmatch(node.text.strip()):
            return node.text
        hint = "Write it without quotes: true."
        return self.found.wrong(node, path, name, "true or false", hint)

    def _walltime(self, node: Scalar, path: Path, name: str) -> str | Invalid | None:
        if node.kind == "sixty":
            return node.text
        value = node.value
        if isinstance(value, float) and value.is_integer():
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
            self.found.complain("MS105", node, path, f"{name} is empty.")
            return INVALID
        expected = "a walltime such as 90, 24:00:00 or 2-00:00:00"
        return self.found.wrong(node, path, name, expected)

    def _word(self, node: Scalar, shape: Word, path: Path, name: str) -> str | float | Invalid:
        value = node.value
        words = ", ".join(shape.words)
        if node.kind == "str":
            if node.text.casefold() in shape.words:
                return node.text.casefold()
            if shape.tokens and _ONE_TOKEN.fullmatch(node.text.strip()):
                return node.text
            try:
                value = float(node.text if shape.numbers else "")
            except ValueError:
                meant = self.found.suggest.closest(node.text, shape.words)
                known = f"Known: {words}, or 0.0 to 1.0." if shape.numbers else f"Known: {words}."
                hint = f"Did you mean `{meant}`?" if meant else known
                message = f"{name} cannot be `{node.text}`."
                self.found.complain("MS108", node, path, message, hint)
                return INVALID
        elif isinstance(value, bool) or not isinstance(value, (int, float)) or not shape.numbers:
            return self.found.wrong(node, path, name, f"one of {words}")
        if shape.numbers is None or not shape.numbers[0] <= value <= shape.numbers[1]:
            message = f"{name} must be between 0.0 and 1.0, and is {node.text}."
            self.found.complain("MS106", node, path, message)
            return INVALID
        return value

    def dropped(self, node: Node, shape: Shape, path: Path, name: str) -> None:
        """Warn where a text that says nothing to YAML was a word: `bank: no`."""
        if not (isinstance(shape, Text) and isinstance(node, Scalar) and node.kind == "bool"):
            return
        if node.text.lower() not in WRITTEN_OUT:
            message = f"YAML takes `{node.text}` for false, which says nothing: {name} is left out."
            self.found.complain("MS110", node, path, message, in_quotes(node.text))


def in_words(shape: Shape) -> str:
    """Return what a shape asks for, in words."""
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
