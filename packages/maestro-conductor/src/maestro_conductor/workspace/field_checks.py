"""Check fields of a workspace's files, and refuse what is not as it must be; pure."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import attrs

from maestro_conductor.errors import FormatError

#: Whole numbers beyond are no limits that anybody means, and the journal holds 64 bits.
MOST = 2**53

Check = Callable[[object], bool]
#: A map whose fields were checked: each that has a rule is what its rule says.
Checked = Mapping[str, Any]


def is_text(value: object) -> bool:
    """Tell whether it is a text."""
    return type(value) is str


def is_name(value: object) -> bool:
    """Tell whether it is a text that names something."""
    return isinstance(value, str) and value != "" and "\0" not in value


def is_file_name(value: object) -> bool:
    """Tell whether it names a file in the folder at hand."""
    return is_name(value) and value not in (".", "..") and "/" not in str(value)


def is_inside(value: object) -> bool:
    """Tell whether it is a relative path that leads out of no folder, and into none of ours."""
    if not is_name(value):
        return False
    parts = str(value).split("/")
    return not any(part in ("", ".", "..") for part in parts) and parts[0] != ".maestro"


def is_count(value: object) -> bool:
    """Tell whether it is a whole number from 0 to `MOST`."""
    return type(value) is int and 0 <= value <= MOST


def is_pause(value: object) -> bool:
    """Tell whether it is a number of seconds."""
    return type(value) in (int, float) and math.isfinite(value) and 0 <= value < 1e9  # type: ignore[arg-type,operator]


def is_flag(value: object) -> bool:
    """Tell whether it is true or false, and no number."""
    return type(value) is bool


def is_map(value: object) -> bool:
    """Tell whether it is a map."""
    return isinstance(value, dict)


def is_codes(value: object) -> bool:
    """Tell whether it is a list of whole numbers."""
    return isinstance(value, list) and all(type(code) is int for code in value)


def is_rows(value: object) -> bool:
    """Tell whether it is a list of rows `Value` of the format page."""
    return isinstance(value, list) and all(
        isinstance(row, list) and len(row) >= 2 and isinstance(row[0], str) for row in value
    )


def is_list(value: object) -> bool:
    """Tell whether it is a list."""
    return isinstance(value, list)


def or_nil(check: Check) -> Check:
    """Return a check that lets nil pass, too."""
    return lambda value: value is None or check(value)


def is_amount(value: object) -> bool:
    """Tell whether it is what a step may ask a number of."""
    return value is None or is_count(value) or type(value) is str


def is_word(value: object) -> bool:
    """Tell whether it is a single value, or nil."""
    return value is None or type(value) in (str, bool, int, float)


#: key → (check, what it must be)
Rules = Mapping[str, tuple[Check, str]]

COUNT = (is_count, f"a whole number from 0 to {MOST}")
TEXT = (is_text, "a text")
NAME = (is_name, "a name")
FILE = (is_file_name, "a file name without `/`")
FLAG = (is_flag, "true or false")
MAP = (is_map, "a map")
CODES = (is_codes, "a list of whole numbers")
LIST = (is_list, "a list of whole numbers")


@attrs.frozen
class Place:
    """Where in a file something stands, for messages.

    Attributes:
        path: of the file.
        what: the record, as ``instance 3 (a_N.3)``.
    """

    path: str
    what: str

    def refuse(self, key: str, value: object, why: str) -> NoReturn:
        """Refuse the file for one value.

        Raises:
            FormatError: always.
        """
        raise FormatError(
            f"{self.path} cannot be run: `{key}` of {self.what} is {reprlib.repr(value)}, {why}. "
            "Make the study anew, or mend the program that wrote it"
        )

    def check(self, record: object, rules: Rules, *, all_there: bool = True) -> Checked:
        """Check a record's fields, and return it.

        Raises:
            FormatError: one is missing or is not what it must be.
        """
        if not isinstance(record, dict):
            raise FormatError(
                f"{self.path} cannot be run: {self.what} is no map. Make the study anew"
            )
        for key, (check, expected) in rules.items():
            if key not in record:
                if all_there:
                    raise FormatError(
                        f"{self.path} cannot be run: {self.what} lacks `{key}`. Make the study anew"
                    )
            elif not check(record[key]):
                self.refuse(key, record[key], f"and must be {expected}")
        return record
