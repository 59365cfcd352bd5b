"""Read the text of a study file, before anything is made of it."""

from __future__ import annotations

import itertools
import os
from pathlib import Path as FilePath

from maestro_spec.diagnostics.problems import Place, problem
from maestro_spec.errors import StudyUnreadable, invalid

MAX_BYTES = 16 * 1024 * 1024


def read_file(path: FilePath, name: str) -> str:
    """Return the text of a file.

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
    """Return a hint that names the file that nearly has a name, or None."""
    try:
        with os.scandir(path.parent) as entries:
            names = [entry.name for entry in itertools.islice(entries, 1000) if entry.is_file()]
    except OSError:
        return None
    import difflib

    near = difflib.get_close_matches(path.name, sorted(names), n=1, cutoff=0.75)
    return f"Did you mean {path.parent / near[0]}?" if near else None


def decode(data: bytes, name: str) -> str:
    """Return bytes as text.

    Raises:
        StudyInvalid: they are too many, or no UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise invalid(
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
        raise invalid(found) from error
