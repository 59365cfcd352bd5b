"""Which study gets which limits, and what is asked.

A fault here would be a study that gets the limits of another one, or an answer that is lost.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.commands.update import UpdateOptions, UpdateRecord, distribute
from maestro_cli.errors import UsageError
from maestro_cli.study.requests import Limits, waiting


def options(**values: list[int | None]) -> UpdateOptions:
    given = {"throttle": [], "rlimit": [], "sleep": [], "local_slots": [], **values}
    return UpdateOptions(directories=[], batch={}, as_json=False, **given)


def requests(root: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in waiting(root)]


def test_one_value_is_for_all_and_several_are_for_each() -> None:
    assert distribute(options(rlimit=[4], throttle=[1, None, 3]), 3) == [
        Limits(1, 4, None),
        Limits(None, 4, None),
        Limits(3, 4, None),
    ]


def test_one_value_for_one_study() -> None:
    assert distribute(options(throttle=[1]), 1) == [Limits(throttle=1)]
    assert distribute(options(local_slots=[2]), 1) == [Limits(local_slots=2)]


@pytest.mark.parametrize("number", [2, 4])
def test_any_other_number_is_a_mistake(number: int) -> None:
    with pytest.raises(UsageError, match=f"given {number} times for 3 studies"):
        distribute(options(rlimit=[1] * number), 3)


def test_an_update_without_values_says_how_to_give_them(
    staged: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app.main(["update", "--json", "OUT"]) == 64
    assert "--throttle" in json.loads(capsys.readouterr().out.splitlines()[-1])["error"]["hint"]
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert app.main(["update", "OUT"]) == 1
    assert "--throttle N" in capsys.readouterr().err
    assert requests(staged) == []


@pytest.mark.parametrize(
    ("answers", "asked", "told"),
    [
        (["throttle", "3", "done"], {"throttle": 3, "rlimit": None, "sleep": None}, "throttle 3:"),
        (
            ["rlimit", "x", "-1", "0", "sleep", "2.5", "done"],
            {"throttle": None, "rlimit": 0, "sleep": 2.5},
            "'x' is not a number that can be used here: please try again",
        ),
        (["nonsense", "done"], None, "please answer one of rlimit, throttle, sleep, done, quit"),
        (["throttle", "3", "quit"], None, "Discarding updates"),
    ],
)
def test_what_is_answered_is_what_is_requested(
    staged: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    answers: list[str],
    asked: dict[str, float | None] | None,
    told: str,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{each}\n" for each in answers)))
    assert app.main(["update", "OUT"]) == 0
    assert told in capsys.readouterr().out
    assert requests(staged) == ([] if asked is None else [{"request": "update", **asked}])


def test_batch_keys_are_those_that_can_be_changed(
    staged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--batch", "queue=long", "--batch", "nodes=4", "--batch", "bank="]
    assert app.main(["update", *words, "--local-slots", "3", "OUT"]) == 0
    told = capsys.readouterr().out
    assert "local_slots 3, queue long, nodes 4, bank as in the study: no conductor is" in told
    (request,) = requests(staged)
    assert request["batch"] == {"queue": "long", "nodes": 4, "bank": None}
    assert request["local_slots"] == 3
    for wrong, why in (("quue=x", "did you mean queue?"), ("nodes=x", "'x' is not an integer")):
        assert app.main(["update", "--batch", wrong, "OUT"]) == 64
        assert why in capsys.readouterr().err


def test_a_study_that_has_ended_takes_no_limits(
    failed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["update", "--throttle", "3", "OUT"]) == 1
    assert "the study is FAILED already" in capsys.readouterr().err
    assert requests(failed) == []


def test_programs_are_told_what_was_asked_for(
    staged: Path,
    capsys: pytest.CaptureFixture[str],
    documented: Callable[[str], dict[str, str]],
) -> None:
    capsys.readouterr()
    assert app.main(["update", "--json", "--throttle", "3", "OUT"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "path": str(staged),
        "study": "chain",
        "throttle": 3,
        "rlimit": None,
        "sleep": None,
        "local_slots": None,
        "batch": None,
        "effect": "waiting",
    }
    row = documented("The other commands' `--json`")["update"].partition(": `in force`")[0]
    fields = set(re.findall(r"`([a-z_]+)`", row))
    assert fields == told.keys() == UpdateRecord.__annotations__.keys()
