"""Write and check the header that each file of the workspace begins with; pure."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping

from maestro_graph.__about__ import __version__
from maestro_graph.errors import FormatError

__all__ = ["VERSION", "WRITER", "check_header"]

#: The version of the workspace format that is written here.
VERSION = [1, 1]
WRITER = f"maestro-graph {__version__}"


def check_header(document: object, form: str, name: str, known: frozenset[str]) -> None:
    """Refuse, by name, a document that this package cannot act on.

    Args:
        document: what the file holds, or the map that it begins with.
        form: the format that it must have: ``maestro-spec``.
        name: of the file, for messages.
        known: the features that a reader knows.

    Raises:
        FormatError: another format, another major version, or an unknown feature; or its
            version or features are not of their type.
    """
    ours = f"maestro-graph {__version__}"
    if not isinstance(document, Mapping) or document.get("format") != form:
        found = document.get("format") if isinstance(document, Mapping) else type(document).__name__
        raise FormatError(f"{name} is not a {form} file (its format is {found!r})")
    version = document.get("version")
    if not version or not _is_list_of(_is_uint, version):
        raise _misshapen(name, "version", version)
    if version[0] != VERSION[0]:
        raise FormatError(
            f"{name} has version {'.'.join(map(str, version))}, {ours} reads version {VERSION[0]}",
            hint="upgrade maestro-graph" if version[0] > VERSION[0] else "make the workspace anew",
        )
    requires = [] if document.get("requires") is None else document["requires"]
    if not _is_list_of(_is_text, requires):
        raise _misshapen(name, "requires", requires)
    for feature in requires:
        if feature not in known:
            raise FormatError(
                f"{name} needs `{feature}`, this {ours} does not know it",
                hint="upgrade maestro-graph",
            )


def _misshapen(name: str, key: str, value: object) -> FormatError:
    return FormatError(
        f"{name} does not have the documented form: `{key}` of its head is {reprlib.repr(value)}",
        hint="make the workspace anew, or mend the program that wrote it",
    )


def _is_list_of(check: Callable[[object], bool], value: object) -> bool:
    return isinstance(value, list | tuple) and all(map(check, value))


def _is_uint(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_text(value: object) -> bool:
    return type(value) is str
