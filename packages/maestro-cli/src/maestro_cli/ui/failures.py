"""Turn an exception into a message, a hint and an exit code; no traceback reaches a user."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import TypedDict

from attrs import frozen

from maestro_cli.errors import EXIT_BAD, CliError
from maestro_cli.ui.console import say, warn
from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint, unicode_ok

#: Whose errors are expected: their message is meant for people.
_OURS = {"maestro_spec", "maestro_graph", "maestro_adapters", "maestro_conductor"}

#: EX_SOFTWARE of sysexits.h: a mistake of ours.
EXIT_BUG = 70


class ErrorRecord(TypedDict):
    """An error as programs read it; see docs/commands.md."""

    code: str
    message: str
    hint: str | None
    exit_code: int
    problems: list[object]


@frozen
class Failure:
    """An error as it is shown.

    Attributes:
        code: A fixed word for programs.
        message: What happened and why.
        hint: What to do; may be empty.
        exit_code: Of the command.
        details: All problems of a study file, for programs.
    """

    code: str
    message: str
    hint: str
    exit_code: int
    details: Sequence[object] = ()


def explain(error: BaseException) -> Failure:
    """Say what an exception means to the user."""
    if isinstance(error, CliError):
        details = getattr(error, "details", ())
        return Failure(error.code, error.message, error.hint, error.exit_code, details)
    package = type(error).__module__.partition(".")[0]
    hint = str(getattr(error, "hint", None) or "")
    if package in _OURS:
        # A generator file's own traceback: it is the user's code, and the user's to mend.
        trace = str(getattr(error, "trace", "")).rstrip()
        message = f"{error}\n{trace}" if trace else str(error)
        # A study file that does not exist, beside one that nearly has its name.
        told = next(iter(getattr(error, "problems", ())), None)
        hint = hint or getattr(told, "hint", None) or ""
        return Failure(package.removeprefix("maestro_"), message, hint, EXIT_BAD)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename is not None else ""
        return Failure("os", f"{where}{error.strerror or error}", hint, EXIT_BAD)
    if isinstance(error, MemoryError):
        return Failure("memory", "there is not enough memory for this study", hint, EXIT_BAD)
    return Failure(
        "bug",
        f"internal error: {type(error).__name__}: {error}",
        "this is a mistake in maestro: `maestro -d 1 …` shows where; please report it",
        EXIT_BUG,
    )


def attempt(action: Callable[[], int], *, as_json: bool) -> int:
    """Do something for one study of several: show an error, so that the others can follow.

    Args:
        action: Returns an exit code.
        as_json: As for :func:`show`.

    Returns:
        The exit code, of the action or of its error.
    """
    try:
        return action()
    except BrokenPipeError:
        raise
    except Exception as error:
        failure = explain(error)
        show(failure, as_json=as_json)
        return failure.exit_code


def show(failure: Failure, *, as_json: bool = False) -> None:
    """Print a failure: for people to stderr, as JSON to stdout.

    Args:
        failure: What to print.
        as_json: As one line, ``{"error": {…}}``.
    """
    if as_json:
        record: ErrorRecord = {
            "code": failure.code,
            "message": failure.message,
            "hint": failure.hint or None,
            "exit_code": failure.exit_code,
            "problems": list(failure.details),
        }
        say(json.dumps({"error": record}))
        return
    paint = Paint(stream=sys.stderr)
    head = paint("maestro:", "bold red")
    warn(f"{head} {clean(failure.message, lines=True)}")
    if failure.hint:
        arrow = paint("→" if unicode_ok(sys.stderr) else "->", "dim")
        warn(f"  {arrow} {clean(failure.hint, lines=True)}")
