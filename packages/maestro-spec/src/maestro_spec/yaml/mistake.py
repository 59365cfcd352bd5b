"""Represent a mistake in the text of a study file, and the patterns by which lines are read again."""

from __future__ import annotations

import re

import attrs

#: a key with its colon, at the start of what it is matched with
KEY = re.compile(r"([^\s:#'\"\[\]{},&*!|>%@`-][^:#]*?|-[^\s:#][^:#]*?)[ \t]*:(?:[ \t]+|$)")

#: a comment, up to the end of the line
COMMENT = re.compile(r"(?:^|\s)#.*$")


@attrs.frozen
class Mistake:
    """A mistake.

    Attributes:
        line: counted from 0.
        column: counted from 0, in characters.
        length: how many characters.
        message: one sentence that says what is wrong.
        hint: one sentence that says what to write.
    """

    line: int
    column: int
    length: int
    message: str
    hint: str
