"""Draw lines and texts on a grid of terminal cells."""

from __future__ import annotations

from collections.abc import Callable

from maestro_cli.views.table import cells

__all__ = ["Canvas"]

_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
#: Which of the four sides a line leaves a cell by → its character.
_LINES = {
    _UP: "│", _DOWN: "│", _UP | _DOWN: "│",
    _LEFT: "─", _RIGHT: "─", _LEFT | _RIGHT: "─",
    _DOWN | _RIGHT: "╭", _DOWN | _LEFT: "╮", _UP | _RIGHT: "╰", _UP | _LEFT: "╯",
    _UP | _DOWN | _RIGHT: "├", _UP | _DOWN | _LEFT: "┤",
    _DOWN | _LEFT | _RIGHT: "┬", _UP | _LEFT | _RIGHT: "┴",
    _UP | _DOWN | _LEFT | _RIGHT: "┼",
}  # fmt: skip
_ASCII = str.maketrans("│─╭╮╰╯├┤┬┴┼●┌┐└┘…×", "|-+++++++++*++++~x")


class Canvas:
    """A grid that grows as it is drawn on."""

    def __init__(self) -> None:
        self._sides: dict[tuple[int, int], int] = {}
        self._chars: dict[tuple[int, int], str] = {}
        self._styles: dict[tuple[int, int], str] = {}

    def vertical(self, x: int, top: int, bottom: int) -> None:
        """Draw a line from the middle of one cell down to that of another."""
        for y in range(top, bottom):
            self._add(x, y, _DOWN)
            self._add(x, y + 1, _UP)

    def horizontal(self, y: int, left: int, right: int) -> None:
        """Draw a line from the middle of one cell to that of another on its right."""
        for x in range(left, right):
            self._add(x, y, _RIGHT)
            self._add(x + 1, y, _LEFT)

    def join(self, x: int, y: int) -> None:
        """Show that lines which meet in a cell belong together, where they could as well cross."""
        if self._sides.get((x, y)) == _UP | _DOWN | _LEFT | _RIGHT:
            self._chars[x, y] = "●"

    def text(self, x: int, y: int, text: str, style: str = "") -> None:
        """Write a text over whatever is there."""
        for char in text:
            size = cells(char)
            if not size:
                self._chars[x - 1, y] = self._chars.get((x - 1, y), "") + char
                continue
            self._chars[x, y] = char
            if size == 2:
                self._chars[x + 1, y] = ""
            if style:
                self._styles[x, y] = style
            x += size

    def lines(self, paint: Callable[[str, str], str], *, unicode: bool) -> list[str]:
        """Return what was drawn, without blanks at the ends of lines."""
        places = [*self._sides, *self._chars]
        if not places:
            return []
        width = max(x for x, _ in places) + 1
        height = max(y for _, y in places) + 1
        return [self._line(y, width, paint, unicode=unicode) for y in range(height)]

    def _line(self, y: int, width: int, paint: Callable[[str, str], str], *, unicode: bool) -> str:
        runs: list[tuple[str, str]] = []
        for x in range(width):
            char = self._chars.get((x, y))
            if char is None:
                char = _LINES.get(self._sides.get((x, y), 0), " ")
            style = self._styles.get((x, y), "")
            if runs and runs[-1][1] == style:
                runs[-1] = (runs[-1][0] + char, style)
            else:
                runs.append((char, style))
        while runs and not runs[-1][0].strip():
            runs.pop()
        if not runs:
            return ""
        runs[-1] = (runs[-1][0].rstrip(), runs[-1][1])
        if not unicode:
            runs = [(text.translate(_ASCII), style) for text, style in runs]
        return "".join(paint(text, style) if style else text for text, style in runs)

    def _add(self, x: int, y: int, side: int) -> None:
        self._sides[x, y] = self._sides.get((x, y), 0) | side
