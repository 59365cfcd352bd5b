"""Make texts fit a number of columns of the terminal: cut, padded, wrapped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from maestro_cli.ui.sanitize import clean, shell_word
from maestro_cli.views.table import cells

__all__ = ["command", "cut", "cut_middle", "joined", "pad", "wrap"]


def cut_middle(text: str, size: int, *, unicode: bool = True) -> str:
    """Return a text that takes at most ``size`` columns: what is too much is cut in the middle.

    Names of instances begin alike and end in what tells them apart.
    """
    if cells(text) <= size:
        return text
    mark = "…" if unicode else "~"
    if size <= 1:
        return mark[:size]
    head = (size - 1) // 2
    return _head(text, head) + mark + _tail(text, size - 1 - head)


def cut(text: str, size: int, *, unicode: bool = True) -> str:
    """Return a text that takes at most ``size`` columns: what is too much is cut at its end."""
    if cells(text) <= size:
        return text
    mark = "…" if unicode else "~"
    return (_head(text, size - 1) + mark) if size > 1 else mark[: max(0, size)]


def _head(text: str, size: int) -> str:
    taken = text[:size]
    while cells(taken) > size:
        taken = taken[:-1]
    return taken


def _tail(text: str, size: int) -> str:
    taken = text[-size:] if size else ""
    while cells(taken) > size:
        taken = taken[1:]
    return taken


def pad(text: str, size: int, *, right: bool = False) -> str:
    """Return a text with blanks behind it, or before it, that takes ``size`` columns."""
    blanks = " " * max(0, size - cells(text))
    return blanks + text if right else text + blanks


def wrap(text: str, width: int | None, *, indent: str = "") -> Iterator[str]:
    """Yield the lines of a text, broken at blanks; a word that is longer than a line is cut in pieces.

    Args:
        text: Without line ends.
        width: Columns of the terminal; None: the text is one line.
        indent: What stands before each line but the first.
    """
    if width is None or cells(text) <= width:
        yield text
        return
    inner = text.lstrip(" ")
    line = begin = text[: min(len(text) - len(inner), width - 2)]
    for word in inner.split(" "):
        joint = " " if line != begin else ""
        if cells(line) + len(joint) + cells(word) <= width:
            line += joint + word
            continue
        if line != begin:
            yield line
            line = begin = indent
        while cells(line) + cells(word) > width:
            piece = _head(word, width - cells(line)) or word[:1]
            yield line + piece
            word, line, begin = word[len(piece) :], indent, indent
        line += word
    yield line


def joined(parts: Sequence[str], width: int | None, *, between: str = " · ") -> Iterator[str]:
    """Yield lines that hold as many parts each as fit; a part that does not is wrapped."""
    line = ""
    for part in parts:
        if not line:
            line = part
        elif width is None or cells(line) + len(between) + cells(part) <= width:
            line += between + part
        else:
            yield from wrap(line, width)
            line = part
    if line:
        yield from wrap(line, width)


def command(before: str, words: Sequence[object], width: int | None) -> Iterator[str]:
    """Yield lines with a command that people copy into a shell.

    Where it does not fit its line goes on behind a backslash, as a shell reads it.

    Args:
        before: What stands before the command.
        words: Of the command; they are quoted where need be.
        width: Columns of the terminal; None: no limit.
    """
    quoted = [shell_word(word) for word in words]
    line = f"{before}{' '.join(quoted)}"
    if width is None or cells(line) <= width:
        yield line
        return
    if before:
        yield from wrap(before.rstrip(), width)
    line = " "
    for word, text in zip(quoted, map(str, words), strict=True):
        if cells(line) + 1 + cells(word) <= width - 2:
            line += f" {word}"
            continue
        if line.strip():
            yield f"{line} \\"
            line = " "
        if cells(word) + 4 <= width:
            line += f" {word}"
            continue
        # A shell joins what a backslash at the end of a line parts, unless blanks follow.
        pieces = _quoted_pieces(text, width - 3)
        yield from (f"{piece}\\" for piece in pieces[:-1])
        line = pieces[-1]
    yield line


def _quoted_pieces(text: str, size: int) -> list[str]:
    """Break a word into pieces each of which, quoted, takes at most ``size`` columns."""
    pieces = []
    while text:
        length = min(len(text), size)
        while length > 1 and cells(shell_word(text[:length])) > size:
            length -= 1
        pieces.append(clean(shell_word(text[:length])))
        text = text[length:]
    return pieces
