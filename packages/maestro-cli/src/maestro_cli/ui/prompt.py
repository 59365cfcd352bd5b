"""Ask a question on stdout, and read the answer from stdin."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from maestro_cli.errors import StudyError
from maestro_cli.ui.console import is_terminal, say

_HINT = "answer in advance, with --autoyes or --autono where the command has them"


def ask(
    question: str,
    choices: Sequence[str] = ("y", "n"),
    *,
    hint: str = _HINT,
) -> str:
    """Ask, and return the line that was answered.

    Args:
        question: The question.
        choices: The answers that are shown as possible.
        hint: What to do where nobody can answer.

    Raises:
        StudyError: There is nobody to answer.
    """
    options = f"[{'/'.join(choices)}]" if choices else ""
    sys.stdout.write("".join(f"{part} " for part in (question, options) if part))
    sys.stdout.flush()  # a question that nobody can see is not asked
    line = sys.stdin.readline()
    if not line:
        say()
        raise StudyError(
            "there is nobody to answer the question: standard input is at its end",
            hint=hint,
        )
    if not is_terminal(sys.stdin):
        say()  # nobody typed the line end that moves the cursor on
    return line.strip()


def agreed(question: str, *, hint: str = _HINT) -> bool:
    """Ask a yes-or-no question, and return whether the answer is yes.

    Args:
        question: The question.
        hint: What to do where nobody can answer.
    """
    return ask(question, hint=hint).lower() in {"y", "yes"}
