"""Make foreign text harmless before it is printed.

Every text that is not ours (names, parameters, paths, logs, answers of schedulers) passes through
:func:`clean`, so that no escape sequence of somebody else's reaches the terminal.
"""

from __future__ import annotations

import re

#: C0 and C1 controls, DEL, the marks that reorder text, and lone surrogates (bytes that were no
#: UTF-8). U+2028 and U+2029 end lines in some terminals.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)
#: Characters that mean nothing to a shell.
_PLAIN_WORD = re.compile(r"[-\w@%+=:,./]+", re.ASCII)
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def clean(text: object, *, lines: bool = False) -> str:
    r"""Return a text whose control characters are visible (``\x1b``).

    Args:
        text: Anything; ``str(text)`` is shown.
        lines: Keep line ends, and turn tabs into four spaces.
    """
    raw = str(text)
    if raw.isascii() and raw.isprintable():
        return raw
    if lines:
        return "\n".join(
            _UNSAFE.sub(_visible, line.replace("\t", "    ")) for line in raw.splitlines()
        )
    return _UNSAFE.sub(_visible, raw)


def shell_word(path: object) -> str:
    """Return a path as one word of a command that people copy into a shell, quoted if need be."""
    text = str(path)
    if _PLAIN_WORD.fullmatch(text):
        return text
    if clean(text) == text:
        return "'" + text.replace("'", "'\"'\"'") + "'"
    # The quoting of bash, zsh and ksh that holds any byte.
    return "$'" + "".join(map(_escaped, text.encode("utf-8", "surrogateescape"))) + "'"


def _visible(match: re.Match[str]) -> str:
    return match.group().translate(_SHOWN)


class _Shown(dict[int, str]):
    """How each character is shown, by its number; a log may hold a million of them."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in _NAMED:
            shown = _NAMED[char]
        elif 0xDC80 <= code <= 0xDCFF:  # surrogateescape: the byte itself
            shown = f"\\x{code - 0xDC00:02x}"
        else:
            shown = f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
        self[code] = shown
        return shown


_SHOWN = _Shown()


def _escaped(byte: int) -> str:
    char = chr(byte)
    return char if char.isascii() and char.isprintable() and char not in "\\'" else f"\\x{byte:02x}"
