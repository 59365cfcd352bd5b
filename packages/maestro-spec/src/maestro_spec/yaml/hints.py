"""What beginners write that is no YAML, found in the text itself.

The parser only says that, and roughly where, it gave up; its words and its marks differ between
libyaml, PyYAML's own parser and their releases. So the text is read again, line by line, up to
there: the first line that no YAML allows is told, with what to write in its place. Where there is
no such line, the parser's words have to do.
"""

from __future__ import annotations

import re

import attrs

#: Nobody writes longer lines by hand, and some patterns take the square of their length.
_LONGEST = 2000

_KEY = re.compile(r"([^\s:#'\"\[\]{},&*!|>%@`-][^:#]*?|-[^\s:#][^:#]*?)[ \t]*:(?:[ \t]+|$)")
_QUOTED_KEY = re.compile(r"(?:'[^']*'|\"[^\"]*\")[ \t]*:(?:[ \t]+|$)")
_DASHES = re.compile(r"(?:-[ ]+)*(?:-$)?")
_COLON = re.compile(r":(?=\s|$)")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_BLOCK = re.compile(r"(?:[!&]\S*\s+)*[|>][-+0-9]*\s*(?:#.*)?$")


@attrs.frozen
class Found:
    """A mistake: line and column from 0, how many characters, what it is, what to write."""

    line: int
    column: int
    length: int
    message: str
    hint: str


#: The keys of study files: those of `maestro_spec.schema`, which is made on top of this room.
KEYS = frozenset(
    re.split(
        r",\s+",
        """
    allocation, allocation_args, allow failure, args, array, bank, batch, bind, bind gpus,
    branch, cmd, cores per task, cpus per rs, csv, dependencies, depends, description,
    enforce walltime, env, exclusive, exit codes, flux_uri, git, global.parameters, gpus,
    grid, hash, host, label, labels, launcher, launcher_args, local_slots, name, nested,
    nodes, num, path, paths, post, pre, priority, procs, qos, queue, range, requeue,
    reservation, restart, retries, retry, retry pause, rs per node, run, shell, sources,
    start, step, stop, study, success, tag, tasks per rs, type, uri, url, user_throttle,
    values, variables, version, waitable, walltime
""".strip(),
    )
)


def missing_colon(text: str) -> tuple[str, str] | None:
    """For ``cmd echo`` or ``cmd:echo``: what is missing, and the line as it should be; or None."""
    word, blank, rest = text.partition(" ")
    if word in KEYS and (blank or not rest):
        return f"A colon is missing after `{word}`.", f"Write `{word}: {_short(rest) or '…'}`."
    word, colon, rest = text.partition(":")
    if word in KEYS and colon and rest and not rest[0].isspace():
        return f"A space is missing after `{word}:`.", f"Write `{word}: {_short(rest)}`."
    return None


#: What people write → the key of ours that it stands for, where spelling does not tell.
MEANT = {
    "command": "cmd",
    "commands": "cmd",
    "script": "cmd",
    "retry": "retries",
    "depend": "depends",
    "depends_on": "depends",
    "dependencies": "depends",
    "needs": "depends",
    "time": "walltime",
    "timeout": "walltime",
    "cpus": "procs",
    "cores": "procs",
    "value": "values",
    "steps": "study",
    "parameters": "global.parameters",
}


def not_a_map(text: str, title: str) -> str | None:
    """What to write where a map is needed and a text is there, or None."""
    told = missing_colon(text)
    if title == "a step":
        name = "NAME" if text in KEYS else _short(text)
        return f"Write `- name: {name}`, and its other keys below."
    return " ".join(told) if told is not None else None


def as_list(name: str, text: str) -> str | None:
    """How to write a text as a list, where it is written as one without brackets; or None."""
    name = name.strip("`")
    if "," in text and "[" not in text and "\n" not in text:
        text = ", ".join(part.strip() for part in text.split(",") if part.strip())
    elif not text.strip() or re.search(r"[\s\[\]{}:#]", text.strip()):
        return None
    return f"Write `{name}: [{_short(text)}]`."


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 40 else text[:39] + "…"


def find(text: str, last: int) -> Found | None:
    """The first mistake of a text that is no YAML, or None.

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
    """What the lines above opened: the columns of open maps, and how the last key's value goes on."""

    columns: list[int] = attrs.field(factory=list)
    #: column of the last key and its name, where its value was a text in its own line
    key: tuple[int, str] | None = None
    #: where the last value was a block text: the line of its key and the key
    block: tuple[int, str] | None = None


def _line(lines: list[str], number: int, before: _Before) -> tuple[Found | None, int]:
    """What is wrong with one line, or None; and the number of the next one to read."""
    line = lines[number].rstrip()
    indent = len(line) - len(line.lstrip(" "))
    dashes = _DASHES.match(line[indent:])
    start = indent + (dashes.end() if dashes else 0)
    body = line[start:]
    key = _KEY.match(body) or _QUOTED_KEY.match(body)
    deeper = before.key is not None and indent > before.key[0]
    if key is None:
        plain = _COMMENT.sub("", body).rstrip()
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
        return Found(number, start, len(name), message, hint), number + 1
    if before.columns and start == indent and indent < before.columns[-1]:
        known = [column for column in before.columns if column <= indent]
        if not known or known[-1] != indent:
            near = min(before.columns, key=lambda at: (abs(at - indent), -at))
            message = f"`{name}:` is indented by {indent} spaces, and no key above it is."
            return Found(number, start, len(name), message, f"Did you mean {near}?"), number + 1
    before.columns = [column for column in before.columns if column < start] + [start]
    before.key = before.block = None
    rest = start + key.end()
    if not _COMMENT.sub("", line[rest:]).strip():
        return None, number + 1
    return _value(lines, number, rest, name, before)


def _no_key(
    lines: list[str], number: int, start: int, plain: str, item: bool, before: _Before
) -> Found | None:
    """A line without a key where one is needed."""
    if before.block is not None and not item:
        line, name = before.block
        message = f"This line is left of the text of `{name}` that begins in line {line + 1}."
        return Found(number, start, len(plain), message, "Indent it like the lines of that text.")
    follows = next((n for n in range(number + 1, len(lines)) if lines[n].strip()), None)
    below = lines[follows].rstrip() if follows is not None else ""
    indent = len(below) - len(below.lstrip(" "))
    has_key = _KEY.match(below.lstrip(" ")) is not None
    beside = indent == start
    opens = indent > start or (item and indent >= start)
    followed = has_key and (opens or beside)
    if not followed and (item or before.columns[-1:] != [start]):
        return None
    told = missing_colon(plain)
    if told is not None:
        if item and plain == "name":
            told = "`name` has neither a colon nor a value.", "Write `- name: NAME`."
        return Found(number, start, len(plain), *told)
    if item:
        message = f"`{_short(plain)}` has no key, and keys follow it."
        return Found(number, start, len(plain), message, f"Write `- name: {_short(plain)}`.")
    message = f"A colon is missing in `{_short(plain)}`."
    return Found(number, start, len(plain), message, "Write `KEY: VALUE`, one key per line.")


def _value(
    lines: list[str], number: int, start: int, name: str, before: _Before
) -> tuple[Found | None, int]:
    """A value that begins in a line."""
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
        return _quoted(lines, number, start, name, before.columns[-1] if before.columns else -1)
    if first in "[{":
        return _flow(lines, number, start, name)
    if first in "@`%":
        message = f"A text cannot begin with `{first}` unless it is in quotes."
        return Found(number, start, 1, message, _in_quotes(name, value)), number + 1
    if first == "*" and not re.fullmatch(r"\*[\w-]+", _COMMENT.sub("", value).strip()):
        message = "A text cannot begin with `*` unless it is in quotes."
        return Found(number, start, 1, message, _in_quotes(name, value)), number + 1
    plain = _COMMENT.sub("", value)
    colon = _COLON.search(plain) if first not in "&!?" else None
    if colon is not None and name:
        message = f"`: ` within the text of `{name}` starts a new key, unless it is in quotes."
        column = start + colon.start()
        return Found(number, column, 1, message, _in_quotes(name, value)), number + 1
    if name and before.columns and first not in "&!*":
        before.key = (before.columns[-1], name)
    return None, number + 1


def _in_quotes(name: str, value: str) -> str:
    if name == "cmd" or len(value) > 40 or not name:
        where = f"`{name}: |`" if name else "`KEY: |`"
        return f"Write {where}, and the text below it, indented."
    quoted = "'" + value.strip().replace("'", "''") + "'"
    return f"Write `{name}: {quoted}`."


def _quoted(
    lines: list[str], number: int, start: int, name: str, outer: int
) -> tuple[Found | None, int]:
    quote = lines[number][start]
    line, column = number, start + 1
    while line < len(lines):
        text = lines[line].rstrip()
        # A key beside the one whose quotes go over lines: somebody forgot to close them.
        left = len(text) - len(text.lstrip(" ")) <= outer
        if line > number and left and _KEY.match(text.lstrip(" -")):
            break
        while column < len(text):
            if text[column] == "\\" and quote == '"':
                column += 2
                continue
            if text[column] == quote:
                if quote == "'" and text[column + 1 : column + 2] == "'":
                    column += 2
                    continue
                rest = _COMMENT.sub("", text[column + 1 :]).strip()
                if not rest:
                    return None, line + 1
                message = f"The quotes end here, and `{_short(rest)}` comes behind them."
                hint = f"Write `{name or 'KEY'}: |`, and the text below it, indented."
                return Found(line, column, 1, message, hint), line + 1
            column += 1
        line, column = line + 1, 0
    message = f"The quote {quote} is not closed."
    return Found(number, start, 1, message, f"Add {quote} where the text ends."), line + 1


def _flow(lines: list[str], number: int, start: int, name: str) -> tuple[Found | None, int]:
    pairs = {"[": "]", "{": "}"}
    opened: list[tuple[str, int, int]] = []
    line, column, quote = number, start, ""
    while line < len(lines):
        text = lines[line].rstrip()
        while column < len(text):
            char = text[column]
            if quote:
                if char == "\\" and quote == '"':
                    column += 1
                elif char == quote:
                    quote = ""
            elif char in "'\"" and text[:column].rstrip()[-1:] in ("[", "{", ",", ":"):
                quote = char
            elif char == "#" and text[column - 1 : column] in (" ", ""):
                break
            elif char in pairs:
                opened.append((char, line, column))
            elif char in "]}" and opened:
                opener, *_ = opened.pop()
                if pairs[opener] != char:
                    message = f"`{opener}` is closed by `{char}`."
                    return Found(line, column, 1, message, f"Write `{pairs[opener]}`."), line + 1
                if not opened:
                    rest = _COMMENT.sub("", text[column + 1 :]).strip()
                    if not rest:
                        return None, line + 1
                    message = f"A text cannot begin with `{lines[number][start]}`: that is a list or a map."
                    hint = f"Write `{name or 'KEY'}: |`, and the text below it, indented."
                    return Found(number, start, 1, message, hint), line + 1
            column += 1
        line, column = line + 1, 0
    opener, line, column = opened[-1]
    message = f"`{opener}` is not closed."
    hint = f"Add `{pairs[opener]}` where it ends."
    return Found(line, column, 1, message, hint), len(lines)


def _tab(line: int, column: int) -> Found:
    return Found(
        line, column, 1, "The line is indented by a tab, which YAML does not allow.", "Use spaces."
    )
