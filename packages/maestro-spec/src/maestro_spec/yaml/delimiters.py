"""Find quotes and brackets that are not closed, or that end too early; pure."""

from __future__ import annotations

from maestro_spec.yaml.keys import shorten
from maestro_spec.yaml.mistake import COMMENT, KEY, Mistake


def read_quoted(
    lines: list[str], number: int, start: int, name: str, outer: int
) -> tuple[Mistake | None, int]:
    """Read a text in quotes, which may go over several lines.

    Args:
        lines: all lines of the study file.
        number: the line, from 0, in which the opening quote stands.
        start: its column, from 0.
        name: the key whose value it is, or an empty text.
        outer: the column of that key; -1: there is none.

    Returns:
        What is wrong with it, or None; and the number of the line to go on with.
    """
    quote = lines[number][start]
    line, column = number, start + 1
    while line < len(lines):
        text = lines[line].rstrip()
        # A key beside the one whose quotes go over lines: somebody forgot to close them.
        left = len(text) - len(text.lstrip(" ")) <= outer
        if line > number and left and KEY.match(text.lstrip(" -")):
            break
        while column < len(text):
            if text[column] == "\\" and quote == '"':
                column += 2
                continue
            if text[column] == quote:
                if quote == "'" and text[column + 1 : column + 2] == "'":
                    column += 2
                    continue
                rest = COMMENT.sub("", text[column + 1 :]).strip()
                if not rest:
                    return None, line + 1
                message = f"The quotes end here, and `{shorten(rest)}` comes behind them."
                hint = f"Write `{name or 'KEY'}: |`, and the text below it, indented."
                return Mistake(line, column, 1, message, hint), line + 1
            column += 1
        line, column = line + 1, 0
    message = f"The quote {quote} is not closed."
    return Mistake(number, start, 1, message, f"Add {quote} where the text ends."), line + 1


def read_flow(lines: list[str], number: int, start: int, name: str) -> tuple[Mistake | None, int]:
    """Read a list or map in brackets, which may go over several lines.

    Args:
        lines: all lines of the study file.
        number: the line, from 0, in which the opening bracket stands.
        start: its column, from 0.
        name: the key whose value it is, or an empty text.

    Returns:
        What is wrong with it, or None; and the number of the line to go on with.
    """
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
                    return Mistake(line, column, 1, message, f"Write `{pairs[opener]}`."), line + 1
                if not opened:
                    rest = COMMENT.sub("", text[column + 1 :]).strip()
                    if not rest:
                        return None, line + 1
                    message = f"A text cannot begin with `{lines[number][start]}`: that is a list or a map."
                    hint = f"Write `{name or 'KEY'}: |`, and the text below it, indented."
                    return Mistake(number, start, 1, message, hint), line + 1
            column += 1
        line, column = line + 1, 0
    opener, line, column = opened[-1]
    message = f"`{opener}` is not closed."
    hint = f"Add `{pairs[opener]}` where it ends."
    return Mistake(line, column, 1, message, hint), len(lines)
