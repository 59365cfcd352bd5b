"""Find programs that a command of the shell leaves in the background. Pure, and no parser: in doubt it reports none."""

from __future__ import annotations

import re

__all__ = ["left_in_background"]

#: The shells whose words these are.
_SHELL = re.compile(r"(?:^|[/\s])(?:ba|da|k|z|a)?sh(?:\s|$)")

#: What is skipped, or ends a command, or may be a program in the background. The first that fits counts.
_PIECE = re.compile(
    r"""
      (?P<escaped> \\. )
    | (?P<quoted> '[^']*(?:'|\Z) | "(?:\\.|[^"\\])*(?:"|\Z) | `(?:\\.|[^`\\])*(?:`|\Z) )
    | (?P<comment> (?:(?<=\s)|(?<=;)|\A) \# [^\n]* )
    | (?P<arithmetic> \(\( .*? \)\) )
    | (?P<string> <<< )
    | (?P<here> <<-? [ \t]* (?P<mark> '[^'\n]*' | "[^"\n]*" | \\?[^\s;&|<>()'"]+ ) )
    | (?P<redirection> [<>]&-? | &>>? )
    | (?P<joint> && | \|& | ;;?& )
    | (?P<background> & )
    | (?P<word> [A-Za-z_][\w-]* | \$! )
    """,
    re.VERBOSE | re.DOTALL,
)

#: Who uses one of these knows what goes on in the background.
_KNOWING = frozenset({"wait", "kill", "pkill", "killall", "fg", "nohup", "setsid", "disown", "$!"})


def left_in_background(command: str, shell: str) -> str | None:
    """Return the line that starts a program in the background which nothing waits for, or None.

    Args:
        command: of a step.
        shell: that runs it; another kind of interpreter has other rules.
    """
    if not _SHELL.search(shell) or "&" not in command:
        return None
    found: int | None = None
    place, marks = 0, list[tuple[str, bool]]()
    while place < len(command):
        if command[place] == "\n" and marks:  # the texts of here-documents follow
            place = _behind(command, place + 1, marks)
            marks = []
            continue
        piece = _PIECE.match(command, place)
        if piece is None:
            place += 1
            continue
        place = piece.end()
        if piece["mark"]:
            marks.append((piece["mark"].strip("'\"").lstrip("\\"), piece["here"].startswith("<<-")))
        elif piece["word"] in _KNOWING:
            return None
        elif piece["background"] and found is None:
            found = piece.start()
    if found is None:
        return None
    begin = command.rfind("\n", 0, found) + 1
    return command[begin : found + 1].strip()


def _behind(command: str, place: int, marks: list[tuple[str, bool]]) -> int:
    """Return where the command goes on behind here-documents that begin here."""
    for mark, tabs in marks:
        while place < len(command):
            end = command.find("\n", place)
            end = len(command) if end < 0 else end
            line = command[place:end]
            place = end + 1
            if (line.lstrip("\t") if tabs else line) == mark:
                break
    return place - 1  # its line end may begin more of them
