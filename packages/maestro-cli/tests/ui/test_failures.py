"""From an exception to what people and programs are told.

A fault here would be a traceback, an escape sequence in a message, or an error that programs
cannot read.
"""

from __future__ import annotations

import json
import re
from functools import partial

import pytest

from maestro_cli.errors import EXIT_USAGE, CliError, Declined, StudyError, UsageError
from maestro_cli.ui.failures import EXIT_BUG, ErrorRecord, attempt, explain, show
from maestro_conductor.errors import WorkspaceError
from maestro_graph import GraphError


def fail(error: BaseException) -> int:
    raise error


@pytest.mark.parametrize(
    ("error", "code", "message", "exit_code"),
    [
        (UsageError("no", hint="x"), "usage", "no", EXIT_USAGE),
        (StudyError("no"), "study", "no", 1),
        (Declined("stays"), "declined", "stays", 0),
        (WorkspaceError("it is gone"), "conductor", "it is gone", 1),
        (GraphError("no graph"), "graph", "no graph", 1),
        (OSError(13, "Permission denied", "/x"), "os", "/x: Permission denied", 1),
        (OSError("odd"), "os", "odd", 1),
        (MemoryError(), "memory", "there is not enough memory for this study", 1),
        (ZeroDivisionError("x"), "bug", "internal error: ZeroDivisionError: x", EXIT_BUG),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_error_has_a_word_a_message_and_an_exit_code(
    error: Exception, code: str, message: str, exit_code: int
) -> None:
    found = explain(error)
    assert (found.code, found.message, found.exit_code) == (code, message, exit_code)


def test_words_of_errors_are_on_the_page(commands_page: str) -> None:
    def codes(kind: type[CliError]) -> set[str]:
        return {kind.code} | set().union(*map(codes, kind.__subclasses__()))

    from maestro_cli.launch import study_check  # noqa: F401 - one of them is defined there

    words = set(re.findall(r"`([a-z-]+)`", commands_page))
    assert codes(CliError) - {"error"} <= words
    for name in ErrorRecord.__annotations__:
        assert f'"{name}"' in commands_page


def test_a_failure_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    show(explain(StudyError("a\x1b", hint="")), as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "error": {
            "code": "study",
            "message": "a\x1b",
            "hint": None,
            "exit_code": 1,
            "problems": [],
        }
    }


def test_a_failure_for_people_is_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    show(explain(StudyError("a\x1b[2J\nb", hint="c\x07")))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "maestro: a\\x1b[2J\nb\n  → c\\x07\n"


def test_an_error_of_one_study_is_shown_and_the_others_follow(
    capsys: pytest.CaptureFixture[str],
) -> None:
    errors = [UsageError("first"), StudyError("second")]
    codes = [attempt(partial(fail, error), as_json=False) for error in errors]
    assert [*codes, attempt(lambda: 2, as_json=False)] == [EXIT_USAGE, 1, 2]
    assert capsys.readouterr().err == "maestro: first\nmaestro: second\n"


@pytest.mark.parametrize("error", [BrokenPipeError(), KeyboardInterrupt()])
def test_what_ends_the_whole_command_is_passed_on(error: BaseException) -> None:
    with pytest.raises(type(error)):
        attempt(partial(fail, error), as_json=False)
