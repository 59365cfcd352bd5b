"""Find `$(TOKEN)`s in the texts of a study; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import attrs

from maestro_spec.diagnostics.problems import Path
from maestro_spec.model.study import Resources, Step

#: tokens that every study has
BUILT_IN = frozenset({"WORKSPACE", "SPECROOT", "OUTPUT_PATH", "LAUNCHER"})

#: texts in which workspaces and the launcher are put
COMMANDS = frozenset({"cmd", "restart"})

_TOKEN = re.compile(r"\$\(([^()$\n]{1,200})\)")
_LONGEST = 203
_SLICE = 1024 * 1024

#: more names in one text than any study has
_MOST_NAMES = 50_000
_NAME = re.compile(r"[^\W\d][\w.-]*")


@attrs.frozen
class Text:
    """A text of the study, and the tokens in it.

    Attributes:
        path: where it stands in the document.
        text: all of it.
        names: what stands in the brackets of its tokens, each once, in their order.
    """

    path: Path
    text: str
    names: tuple[str, ...]

    def occurrence(self, name: str) -> int | None:
        """Return which token of a name, counted from 0, is the first that no backslash stands before."""
        token = f"$({name})"
        at, count = self.text.find(token), 0
        while at > 0 and self.text[at - 1] == "\\":
            at, count = self.text.find(token, at + 1), count + 1
        return count if at >= 0 else None


def find_tokens(path: Path, text: str) -> Text:
    """Return a text with its tokens."""
    names: dict[str, None] = {}
    # In slices, which overlap by a token, so that a text full of names does not take for ever.
    for start in range(0, len(text), _SLICE):
        names |= dict.fromkeys(_TOKEN.findall(text, max(0, start - _LONGEST), start + _SLICE))
        if len(names) > _MOST_NAMES:
            break
    return Text(path, text, tuple(names))


def names_in(text: str) -> list[str]:
    """Return what stands in the brackets of all tokens of a text."""
    return _TOKEN.findall(text) if "$(" in text else []


def looks_like_ours(name: str) -> bool:
    """Return whether it can be a name at all, and is no command of the shell with arguments."""
    return _NAME.fullmatch(name) is not None


def without_part(name: str) -> str:
    """Return the parameter of ``P.label`` or ``P.name``; other names as they are."""
    base, dot, part = name.rpartition(".")
    return base if dot and part.isidentifier() else name


def texts_of_step(step: Step) -> Iterator[tuple[Path, str]]:
    """Yield all texts of a step that may hold tokens, and where they stand; its name is the first."""
    run = (*step.at, "run")
    yield (*step.at, "name"), step.name
    yield (*step.at, "description"), step.description
    yield (*run, "cmd"), step.command
    for key, text in (("restart", step.restart), ("pre", step.pre), ("post", step.post)):
        if text is not None:
            yield (*run, key), text
    for number, name in enumerate(step.depends):
        yield (*run, "depends", number), name
    for result in step.results:
        yield (*result.at, "file"), result.file
    for field in attrs.fields(Resources):
        value = getattr(step.resources, field.name)
        if value is not None and value != {}:
            _, exclusive, part = field.name.rpartition("exclusive_")
            where: Path = ("exclusive", part) if exclusive else (field.name,)
            yield from texts_in(value, (*run, *where))


def texts_in(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield all texts in a value, lists and maps included, and where they stand."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts_in(item, (*path, key))
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from texts_in(item, (*path, number))
