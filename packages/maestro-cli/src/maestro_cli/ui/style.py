"""Tell what a stream can show: colours, box-drawing characters, how many columns and lines."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from maestro_cli.ui.console import is_terminal

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}


class Paint:
    """Styles text for a stream, or leaves it alone.

    Args:
        on: Whether escape sequences are written; by default, whether the stream shows colours.
        stream: By default stdout.
    """

    def __init__(self, *, on: bool | None = None, stream: TextIO | None = None) -> None:
        self.on = colour_ok(stream) if on is None else on

    def __call__(self, text: str, style: str) -> str:
        """Return ``text`` in ``style``, keys of :data:`_CODES` such as ``"bold red"``."""
        codes = ";".join(_CODES[word] for word in style.split())
        return f"\x1b[{codes}m{text}\x1b[0m" if self.on and codes else text


def colour_ok(stream: TextIO | None = None) -> bool:
    """Return whether colours are wanted: see https://no-color.org."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream or sys.stdout) and os.environ.get("TERM", "dumb") != "dumb"


def unicode_ok(stream: TextIO | None = None) -> bool:
    """Return whether the stream's encoding has box-drawing characters."""
    encoding = getattr(stream or sys.stdout, "encoding", None) or "ascii"
    try:
        "│━█…".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def width(stream: TextIO | None = None) -> int | None:
    """Return how many columns a line may fill; None: no limit (a pipe, and no ``COLUMNS``)."""
    given = os.environ.get("COLUMNS", "")
    if given.isdigit() and int(given) > 0:
        return max(int(given), 20)
    try:
        return max(os.get_terminal_size((stream or sys.stdout).fileno()).columns, 20)
    except (OSError, ValueError):
        return None


def height() -> int | None:
    """Return how many lines the terminal has; None: stdout is no terminal."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).lines
    except (OSError, ValueError):
        return None
