"""Check the header that each file of the workspace begins with."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping

from maestro_graph.__about__ import __version__
from maestro_graph.errors import FormatError

_MAJOR = 1


def check_header(document: object, form: str, name: str, known: frozenset[str]) -> None:
    """Refuse, by name, a document that this package cannot act on.

    Args:
        document: what the file holds, or the map that it begins with.
        form: the format that it must have: ``maestro-spec``.
        name: of the file, for messages.
        known: the features that a reader knows.

    Raises:
        FormatError: another format, another major version, or an unknown feature.
    """
    ours = f"maestro-graph {__version__}"
    if not isinstance(document, Mapping) or document.get("format") != form:
        found = document.get("format") if isinstance(document, Mapping) else type(document).__name__
        raise FormatError(f"{name} is not a {form} file (its format is {found!r})")
    version = document.get("version") or [_MAJOR]
    requires = document.get("requires") or []
    for key, value, kind in (("version", version, int), ("requires", requires, str)):
        if not isinstance(value, list | tuple) or not all(isinstance(each, kind) for each in value):
            raise FormatError(
                f"{name} does not have the documented form: `{key}` of its head is"
                f" {reprlib.repr(value)}",
                hint="make the workspace anew, or mend the program that wrote it",
            )
    if version[0] != _MAJOR:
        raise FormatError(
            f"{name} has version {'.'.join(map(str, version))}, {ours} reads version {_MAJOR}",
            hint="upgrade maestro-graph" if version[0] > _MAJOR else "make the workspace anew",
        )
    for feature in requires:
        if feature not in known:
            raise FormatError(
                f"{name} needs `{feature}`, this {ours} does not know it",
                hint="upgrade maestro-graph",
            )
