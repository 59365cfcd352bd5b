"""Check the fields of a map, and refuse it by key, place and value; pure."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from typing import NoReturn

import attrs

from maestro_graph.errors import FormatError
from maestro_graph.files.field_kinds import Fields


@attrs.frozen
class RecordPlace:
    """A map of a file, by its place.

    Attributes:
        file: its name or path.
        what: the map, as ``step 2 (post)``.
    """

    file: str
    what: str

    def refuse(self, key: str, value: object, why: str) -> NoReturn:
        """Refuse a field.

        Raises:
            FormatError: in any case.
        """
        raise FormatError(
            f"{self.file} does not have the documented form: `{key}` of {self.what} is"
            f" {reprlib.repr(value)}, {why}",
            hint="make the workspace anew, or mend the program that wrote it;"
            " the form: docs/workspace-format.md",
        )

    def check(self, record: object, fields: Fields) -> Mapping[str, object]:
        """Refuse a map that lacks what it must have, or holds what it may not.

        Returns:
            The map.

        Raises:
            FormatError: the text names key, place and value.
        """
        if not isinstance(record, Mapping):
            raise FormatError(
                f"{self.file} does not have the documented form: {self.what} is"
                f" {reprlib.repr(record)}, and must be a map",
                hint="make the workspace anew, or mend the program that wrote it",
            )
        for key, (is_right, expected) in fields.items():
            name = key.removeprefix("*")
            value = record.get(name)
            if value is None:
                if key != name:
                    there = "nil" if name in record else "not there"
                    self.refuse(name, _Word(there), f"and must be {expected}")
            elif not is_right(value):
                self.refuse(name, value, f"and must be {expected}")
        return record

    def inside(self, what: str) -> RecordPlace:
        """Return the place of a map in this one."""
        return RecordPlace(self.file, f"{what} of {self.what}" if self.what else what)


class _Word:
    """Stands for a value that is none; its repr is the word."""

    def __init__(self, word: str) -> None:
        self._word = word

    def __repr__(self) -> str:
        return self._word
