"""Find in a text what beginners write that is no YAML, and say what to write instead; pure.

The parser only says that, and roughly where, it gave up; its words and its marks differ between
libyaml, PyYAML's own parser and their releases. So the text is read again, line by line, up to
there: the first line that no YAML allows is reported, with what to write in its place. Where there
is no such line, the parser's words have to do.
"""

from __future__ import annotations

import re

import attrs

from maestro_spec.yaml.delimiters import read_flow, read_quoted
from maestro_spec.yaml.keys import missing_colon, shorten
from maestro_spec.yaml.mistake import COMMENT, KEY, Mistake

#: Nobody writes longer lines by hand, and some patterns take the square of their length.
_LONGEST = 2000

_QUOTED_KEY = re.compile(r"(?:'[^']*'|\"[^\"]*\")[ \t]*:(?:[ \t]+|$)")
_DASHES = re.compile(r"(?:-[ ]+)*(?:-$)?")
_COLON = re.compile(r":(?=\s|$)")
_BLOCK = re.compile(r"(?:[!&]\S*\s+)*[|>][-+0-9]*\s*(?:#.*)?$")


def find(text: str, last: int) -> Mistake | None:
    """Return the first mistake of a text that is no YAML, or None.

    Args:
        text: the whole text.
        last: the line, from 0, where the parser gave up; what is behind it, it has not read.
    """
    lines = text.split("\n")
    if any(len(line) > _LONGEST for line in lines):
        return None
    number, before = 0, _Before()
    while number < len(lines) and number <= last + 1:
        line = lines[number].rstrip()
        body = line.lstrip(" ")
        if not body or body.startswith("#") or body in ("---", "..."):
            number += 1
            continue
        if body.startswith("\t"):
            if body.lstrip("\t ") == "":
                number += 1
                continue
            return _tab(number, len(line) - len(body)) if number <= last else None
        found, number = _line(lines, number, before)
        if found is not None:
            return found if found.line <= last else None
    return None


@attrs.define
class _Before:
    """What the lines above have opened.

    Attributes:
        columns: of the maps that are open, the innermost last.
        key: column and name of the last key, where its value is a text in its own line.
        block: line and name of the last key, where its value is a block text.
    """

    columns: list[int] = attrs.field(factory=list)
    key: tuple[int, str] | None = None
    block: tuple[int, str] | None = None


def _line(lines: list[str], number: int, before: _Before) -> tuple[Mistake | None, int]:
    """Return what is wrong with one line, or None; and the number of the next one to read."""
    line = lines[number].rstrip()
    indent = len(line) - len(line.lstrip(" "))
    dashes = _DASHES.match(line[indent:])
    start = indent + (dashes.end() if dashes else 0)
    body = line[start:]
    key = KEY.match(body) or _QUOTED_KEY.match(body)
    deeper = before.key is not None and indent > before.key[0]
    if key is None:
        plain = COMMENT.sub("", body).rstrip()
        if not deeper and plain and plain[0] not in "'\"[{&*!|>%@`":
            found = _no_key(lines, number, start, plain, start > indent, before)
            if found is not None:
                return found, number + 1
        return _value(lines, number, start, "", before) if not deeper else (None, number + 1)
    name = key.group().rstrip().removesuffix(":").rstrip()
    if deeper and before.key is not None:
        message = (
            f"`{name}:` is indented deeper than `{before.key[1]}:`, which has a value already."
        )
        hint = f"Indent both alike, by {before.key[0]} spaces."
        return Mistake(number, start, len(name), message, hint), number + 1
    if before.columns and start == indent and indent < before.columns[-1]:
        known = [column for column in before.columns if column <= indent]
        if not known or known[-1] != indent:
            near = min(before.columns, key=lambda at: (abs(at - indent), -at))
            message = f"`{name}:` is indented by {indent} spaces, and no key above it is."
            return Mistake(number, start, len(name), message, f"Did you mean {near}?"), number + 1
    before.columns = [column for column in before.columns if column < start] + [start]
    before.key = before.block = None
    rest = start + key.end()
    if not COMMENT.sub("", line[rest:]).strip():
        return None, number + 1
    return _value(lines, number, rest, name, before)


def _no_key(
    lines: list[str], number: int, start: int, plain: str, item: bool, before: _Before
) -> Mistake | None:
    """Return what is wrong with a line that has no key, or None where it needs none."""
    if before.block is not None and not item:
        line, name = before.block
        message = f"This line is left of the text of `{name}` that begins in line {line + 1}."
        return Mistake(number, start, len(plain), message, "Indent it like the lines of that text.")
    follows = next((n for n in range(number + 1, len(lines)) if lines[n].strip()), None)
    below = lines[follows].rstrip() if follows is not None else ""
    indent = len(below) - len(below.lstrip(" "))
    has_key = KEY.match(below.lstrip(" ")) is not None
    beside = indent == start
    opens = indent > start or (item and indent >= start)
    followed = has_key and (opens or beside)
    if not followed and (item or before.columns[-1:] != [start]):
        return None
    missing = missing_colon(plain)
    if missing is not None:
        if item and plain == "name":
            missing = "`name` has neither a colon nor a value.", "Write `- name: NAME`."
        return Mistake(number, start, len(plain), *missing)
    if item:
        message = f"`{shorten(plain)}` has no key, and keys follow it."
        return Mistake(number, start, len(plain), message, f"Write `- name: {shorten(plain)}`.")
    message = f"A colon is missing in `{shorten(plain)}`."
    return Mistake(number, start, len(plain), message, "Write `KEY: VALUE`, one key per line.")


def _value(
    lines: list[str], number: int, start: int, name: str, before: _Before
) -> tuple[Mistake | None, int]:
    """Return what is wrong with a value, or None; and the number of the next line to read."""
    line = lines[number].rstrip()
    value = line[start:]
    if not value:
        return None, number + 1
    if _BLOCK.match(value):
        column = before.columns[-1] if before.columns else -1
        before.block = (number, name) if name else None
        end = number + 1
        while end < len(lines):
            body = lines[end].lstrip(" ")
            if body.strip() and body.startswith("\t") and len(lines[end]) - len(body) <= column:
                return _tab(end, len(lines[end]) - len(body)), end + 1
            if body.strip() and len(lines[end]) - len(body) <= column:
                break
            end += 1
        return None, end
    first = value[:1]
    if first in "'\"":
        return read_quoted(lines, number, start, name, before.columns[-1] if before.columns else -1)
    if first in "[{":
        return read_flow(lines, number, start, name)
    if first in "@`%":
        message = f"A text cannot begin with `{first}` unless it is in quotes."
        return Mistake(number, start, 1, message, _in_quotes(name, value)), number + 1
    if first == "*" and not re.fullmatch(r"\*[\w-]+", COMMENT.sub("", value).strip()):
        message = "A text cannot begin with `*` unless it is in quotes."
        return Mistake(number, start, 1, message, _in_quotes(name, value)), number + 1
    plain = COMMENT.sub("", value)
    colon = _COLON.search(plain) if first not in "&!?" else None
    if colon is not None and name:
        message = f"`: ` within the text of `{name}` starts a new key, unless it is in quotes."
        column = start + colon.start()
        return Mistake(number, column, 1, message, _in_quotes(name, value)), number + 1
    if name and before.columns and first not in "&!*":
        before.key = (before.columns[-1], name)
    return None, number + 1


def _in_quotes(name: str, value: str) -> str:
    if name == "cmd" or len(value) > 40 or not name:
        where = f"`{name}: |`" if name else "`KEY: |`"
        return f"Write {where}, and the text below it, indented."
    quoted = "'" + value.strip().replace("'", "''") + "'"
    return f"Write `{name}: {quoted}`."


def _tab(line: int, column: int) -> Mistake:
    return Mistake(
        line, column, 1, "The line is indented by a tab, which YAML does not allow.", "Use spaces."
    )
