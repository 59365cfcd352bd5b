"""Finding `$(TOKEN)`s in the texts of a study; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from maestro_spec.model import Resources, Step
from maestro_spec.problems import Path

#: tokens that every study has
BUILT_IN = frozenset({"WORKSPACE", "SPECROOT", "OUTPUT_PATH", "LAUNCHER"})

_TOKEN = re.compile(r"\$\(([^()$\n]{1,200})\)")
_NAME = re.compile(r"[^\W\d][\w.-]*")

#: texts in which workspaces and the launcher are put
COMMANDS = frozenset({"cmd", "restart"})


@attrs.frozen
class Token:
    """One token in a text.

    Attributes:
        path: of the text in the document.
        name: what stands in the brackets.
        occurrence: 0 for the first of this name in the text.
        escaped: a backslash stands before it.
    """

    path: Path
    name: str
    occurrence: int
    escaped: bool

    @property
    def text(self) -> str:
        """The token as it was written."""
        return f"$({self.name})"

    @property
    def looks_like_ours(self) -> bool:
        """Whether it can be a name at all, and no command of the shell with arguments."""
        return _NAME.fullmatch(self.name) is not None


def names_in(text: str) -> set[str]:
    """What stands in the brackets of all tokens of a text."""
    return set(_TOKEN.findall(text)) if "$(" in text else set()


def find_tokens(path: Path, text: str) -> list[Token]:
    """All tokens of a text, in its order."""
    if "$(" not in text:
        return []
    seen: Counter[str] = Counter()
    found = []
    for match in _TOKEN.finditer(text):
        name = match[1]
        escaped = match.start() > 0 and text[match.start() - 1] == "\\"
        found.append(Token(path, name, seen[name], escaped))
        seen[name] += 1
    return found


def without_part(name: str) -> str:
    """The parameter of ``P.label`` or ``P.name``; other names as they are."""
    base, dot, part = name.rpartition(".")
    return base if dot and part.isidentifier() else name


def texts_of_step(step: Step) -> Iterator[tuple[Path, str]]:
    """All texts of a step that may hold tokens, and where they stand; its name is the first."""
    run = (*step.at, "run")
    yield (*step.at, "name"), step.name
    yield (*step.at, "description"), step.description
    yield (*run, "cmd"), step.command
    for key, text in (("restart", step.restart), ("pre", step.pre), ("post", step.post)):
        if text is not None:
            yield (*run, key), text
    for number, name in enumerate(step.depends):
        yield (*run, "depends", number), name
    yield from texts_of_resources(step.resources, run)


def texts_of_resources(resources: Resources, run: Path) -> Iterator[tuple[Path, str]]:
    """The texts among a step's resources."""
    for field in attrs.fields(Resources):
        value = getattr(resources, field.name)
        if value is None or value == {}:
            continue
        key: Path = (field.name,)
        if field.name.startswith("exclusive_"):
            key = ("exclusive", field.name.removeprefix("exclusive_"))
        yield from texts_in(value, (*run, *key))


def texts_in(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """All texts in a value, lists and maps included."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts_in(item, (*path, key))
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from texts_in(item, (*path, number))
