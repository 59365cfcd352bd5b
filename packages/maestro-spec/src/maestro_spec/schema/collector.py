"""Collect what is wrong with the nodes of one document."""

from __future__ import annotations

import enum
from typing import Final

import attrs

from maestro_spec.diagnostics.problems import Path, Problem, problem
from maestro_spec.schema.suggest import Suggester
from maestro_spec.yaml.nodes import Document, Node


class Invalid(enum.Enum):
    """The type of `INVALID`."""

    INVALID = enum.auto()


#: Stands for a value that could not be read; what is wrong with it has been noted.
INVALID: Final = Invalid.INVALID

#: kind of a node → what messages call it
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


@attrs.define
class ProblemCollector:
    """Notes problems with their places.

    Attributes:
        document: what the nodes belong to.
        problems: what was found, in the order in which it was; no more than a thousand.
        suggest: finds the keys and words that were meant.
    """

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

    def wrong(
        self, node: Node, path: Path, name: str, expected: str, hint: str | None = None
    ) -> Invalid:
        """Note that a node is of the wrong type, or empty.

        Args:
            node: what is wrong.
            path: where it stands in the document.
            name: what to call it in messages.
            expected: what it must be, in words.
            hint: what to do, where there is more to say.
        """
        if node.kind == "null":
            if hint is None and name.startswith("`"):
                hint = f"Write {expected} behind {name[:-1]}:`."
            self.complain("MS105", node, path, f"{name} is empty; it must be {expected}.", hint)
        else:
            message = f"{name} must be {expected}, and is {KINDS[node.kind]}."
            self.complain("MS104", node, path, message, hint)
        return INVALID
