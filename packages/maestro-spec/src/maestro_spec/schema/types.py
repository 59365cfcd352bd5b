"""Describe what a document may look like; `study_file` does so for the study file.

One description serves three: `read` reads nodes by it, `json_schema` makes a JSON Schema of it, and
people read it. Shapes are not compared: classes without `==` take half as long to make, and they
are made whenever a study is checked.
"""

from __future__ import annotations

import attrs


@attrs.frozen(eq=False)
class Text:
    """A text.

    Attributes:
        convert: numbers and booleans are taken as the text that they were written as.
        empty: an empty text will do.
        nullable: nothing will do as well, and means "not said".
        blank: a text of blanks alone will do.
        droppable: what says nothing (an empty text, 0, false, an empty list) is not said, as
            upstream leaves it out; true is no text.
    """

    convert: bool = False
    empty: bool = False
    nullable: bool = False
    blank: bool = True
    droppable: bool = False


@attrs.frozen(eq=False)
class Word:
    """One of some words, in any case, or a number in a range.

    Attributes:
        words: in lower case.
        numbers: the range, or None: no number will do.
        tokens: a text with tokens will do.
    """

    words: tuple[str, ...]
    numbers: tuple[float, float] | None = None
    tokens: bool = True


@attrs.frozen(eq=False)
class Whole:
    """A whole number, as a number or its digits in a text; or a text with tokens.

    Attributes:
        minimum: the least that will do.
        maximum: the most, or None.
        tokens: a text with tokens will do.
        loose: any text will do (the batch block, which upstream never checks), and what says
            nothing is not said.
    """

    minimum: int = 0
    maximum: int | None = None
    tokens: bool = True
    loose: bool = False


@attrs.frozen(eq=False)
class Number:
    """A finite number of at least a minimum."""

    minimum: float | None = None


@attrs.frozen(eq=False)
class Flag:
    """True or false; or a text with tokens."""

    tokens: bool = True


@attrs.frozen(eq=False)
class Walltime:
    """A walltime, kept as it was written."""


@attrs.frozen(eq=False)
class Value:
    """Anything that a parameter or a variable may be: numbers and texts, and with warnings more.

    Attributes:
        strict: a text that is not empty, or a number.
    """

    strict: bool = False


@attrs.frozen(eq=False)
class Anything:
    """Anything at all."""


@attrs.frozen(eq=False)
class ListOf:
    """A list.

    Attributes:
        item: what each item is.
        minimum: how many there are at least.
        unique: no item twice.
    """

    item: Shape
    minimum: int = 0
    unique: bool = False


@attrs.frozen(eq=False)
class MapOf:
    """A map with free keys.

    Attributes:
        value: what each value is.
        droppable: what says nothing will do as well, and is not said.
    """

    value: Shape
    droppable: bool = False


@attrs.frozen(eq=False)
class Key:
    """A key of a record.

    Attributes:
        name: as it is written.
        shape: of its value.
        help: one line for people.
        required: it must be there.
        ours: upstream does not know it; `_` and a space in it are the same.
        unused: it is kept and never executed.
    """

    name: str
    shape: Shape
    help: str = ""
    required: bool = False
    ours: bool = False
    unused: bool = False


@attrs.frozen(eq=False)
class Record:
    """A map with known keys.

    Attributes:
        title: what it is called in messages.
        keys: those it may have.
        closed: others are errors; otherwise they are ignored, with a warning.
        missed: of those that are ignored, one that nearly is a key that is not there is an error:
            what was meant would be left out of the study.
        others: the shape of all others, where they are names of the user's.
        free: others are the user's own, and kept.
        nullable: nothing will do as well.
        alternatives: sets of keys, one of which must be there.
    """

    title: str
    keys: tuple[Key, ...]
    closed: bool = True
    missed: bool = False
    others: Shape | None = None
    free: bool = False
    nullable: bool = False
    alternatives: tuple[tuple[str, ...], ...] = ()


@attrs.frozen(eq=False)
class ByNode:
    """One shape for each kind of node; a kind that has none is an error."""

    scalar: Shape | None = None
    sequence: Shape | None = None
    mapping: Shape | None = None


@attrs.frozen(eq=False)
class IfKey:
    """A map that is one thing if it has a key, and another if it has not."""

    key: str
    then: Shape
    otherwise: Shape


Shape = (
    Text
    | Word
    | Whole
    | Number
    | Flag
    | Walltime
    | Value
    | Anything
    | ListOf
    | MapOf
    | Record
    | ByNode
    | IfKey
)


def is_droppable(shape: Shape) -> bool:
    """Return whether what says nothing may stand for a value of this shape, and is left out."""
    return shape.loose if isinstance(shape, Whole) else getattr(shape, "droppable", False)
