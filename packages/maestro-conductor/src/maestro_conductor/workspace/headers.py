"""Make and check what the files of a workspace begin with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from maestro_conductor.__about__ import __version__
from maestro_conductor.errors import FormatError

__all__ = ["VERSION", "WRITER", "check_header", "header"]

#: Version of the workspace format that is written here.
VERSION = (1, 1)
WRITER = f"maestro-conductor {__version__}"


def header(format_name: str, requires: Collection[str] = ()) -> dict[str, object]:
    """Return the first fields of a file of ours."""
    return {
        "format": format_name,
        "version": list(VERSION),
        "requires": sorted(requires),
        "writer": WRITER,
    }


def check_header(
    value: object, format_name: str, path: str, features: Collection[str] = ()
) -> Mapping[str, Any]:
    """Refuse what this version cannot read; newer minor versions are fine.

    Args:
        value: what stands at the beginning of the file.
        format_name: what ought to stand in ``format``.
        path: for messages.
        features: names in ``requires`` that the reader knows.

    Returns:
        ``value`` itself; its other fields are whatever stands there.

    Raises:
        FormatError: it is something else; the text says what.
    """
    name = format_name.removeprefix("maestro-")
    if not isinstance(value, dict) or value.get("format") != format_name:
        raise FormatError(f"{path} is not a {name} file of a maestro workspace")
    version = value.get("version")
    if not isinstance(version, list) or not version or not all(map(_is_uint, version)):
        raise FormatError(f"{path} is damaged: `version` is {version!r}")
    if version[0] != VERSION[0]:
        raise FormatError(
            f"{path} has format version {'.'.join(map(str, version))}, this maestro-conductor {__version__} "
            f"reads version {VERSION[0]}: use the version that wrote it ({value.get('writer')})"
        )
    requires = [] if value.get("requires") is None else value["requires"]
    if not isinstance(requires, list) or not all(type(name) is str for name in requires):
        raise FormatError(f"{path} is damaged: `requires` is {requires!r}")
    unknown = [feature for feature in requires if feature not in features]
    if unknown:
        raise FormatError(
            f"{path} needs `{'`, `'.join(unknown)}`, "
            f"this maestro-conductor {__version__} does not know it: upgrade it"
        )
    return value


def _is_uint(value: object) -> bool:
    return type(value) is int and value >= 0
