"""A study as JSON: documented fields, written by hand as the library would write them.

A fault here would be a field that programs miss, or a text or number that JSON's readers read as
something else.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import T0
from maestro_cli.views import as_json, history

Documented = Callable[[str], dict[str, str]]


def shown(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    app.main([str(word) for word in words])
    return capsys.readouterr().out


FIELDS = {
    "format": str, "version": list, "study": str, "path": str, "state": str, "exit_code": int,
    "created": float, "time": float, "instances": int, "counts": dict, "blocked": int, "held": int, "settings": dict,
    "conductor": (dict, type(None)), "steps": list,
}  # fmt: skip


STEP_FIELDS = {
    "name": str, "step": str, "state": str, "job": (str, type(None)), "workspace": str,
    "parameters": dict, "attempt": int, "submitted": (float, type(None)),
    "started": (float, type(None)), "ended": (float, type(None)),
    "run_time": (float, type(None)), "elapsed": (float, type(None)),
    "exit_code": (int, type(None)), "restarts": int, "resubmissions": int, "retries": int,
    "reason": (str, type(None)), "held": bool,
}  # fmt: skip


def test_json_has_just_the_documented_fields(
    failed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    (line,) = shown(capsys, "status", "--json", failed).splitlines()
    found = json.loads(line)
    assert dict.fromkeys(FIELDS, True) == {
        name: isinstance(value, FIELDS[name]) for name, value in found.items()
    }
    for step in found["steps"]:
        assert dict.fromkeys(STEP_FIELDS, True) == {
            name: isinstance(value, STEP_FIELDS[name]) for name, value in step.items()
        }
    make2 = found["steps"][1]
    assert make2["parameters"] == {"N": 2}
    assert (make2["exit_code"], make2["run_time"], make2["job"]) == (7, 90.0, "1001")
    assert found["steps"][2]["parameters"] == {"N": "x;y:z"}


def test_the_fields_are_those_of_the_page(documented: Documented) -> None:
    page = documented("`maestro status --json`")
    with_failed = {"cause", "error_log", "last_lines"}
    assert set(page) == {*FIELDS, *STEP_FIELDS, *with_failed, "history", *history.FIELDS}
    assert set(as_json.StatusRecord.__annotations__) == set(FIELDS) - {"steps"}
    for record, row in ((as_json.Settings, "settings"), (as_json.Conductor, "conductor")):
        for name in record.__annotations__:
            assert name in page[row]


def test_the_ends_of_logs_come_along_where_they_are_wanted(failed: Path) -> None:
    study = open_study(failed)
    instance = study.instances()[1]
    (step,) = json.loads(as_json.line(study, [instance], now=T0, tails=True))["steps"]
    assert step["error_log"] == str(failed / "make/N.2/make_N.2.1001.err")
    assert step["last_lines"] == ["first", "\x1b[31mno luck\x1b[0m"]
    assert json.loads(as_json.line(study, None, now=T0)).keys() == FIELDS.keys() - {"steps"}


@pytest.mark.parametrize(
    "at",
    [0, 1, 10, 500, 999, 1000, 90_500, T0, T0 + 7, 10**15 - 1, 10**15, 10**15 + 3, 2**53 - 1, -500],
)
def test_times_are_written_as_json_writes_them(failed: Path, at: int) -> None:
    study = open_study(failed)
    instance = study.instances()[1]._replace(submitted=0, started=at, ended=at + 1)
    text = as_json.line(study, [instance], now=T0)
    assert json.dumps(json.loads(text)) == text
    (step,) = json.loads(text)["steps"]
    assert (step["started"], step["ended"], step["elapsed"]) == (
        at / 1000,
        (at + 1) / 1000,
        (at + 1) / 1000,
    )


def test_json_is_written_as_json_writes_it(failed: Path) -> None:
    study = open_study(failed)
    odd = {"a\udcff": "ü\n", "b": 1, "c": True, "d": 1.5, "e": None, "f": [1, "x"], "g": 2**70}
    instance = study.instances()[1]._replace(
        name='"\udcff', reason="a\tb", job=None, parameters="x"
    )
    study.graph.values[1] = [[name, value] for name, value in odd.items()]
    text = as_json.line(study, [instance] * 2, now=T0 + 123_456)
    read = json.loads(text)
    assert json.dumps(read) == text
    assert len(read["steps"]) == 2
    step = read["steps"][0]
    assert (step["parameters"], step["name"], step["reason"]) == (odd, '"\udcff', "a\tb")
    assert (step["job"], step["exit_code"], step["state"]) == (None, 7, "FAILED")
    assert (step["run_time"], step["elapsed"]) == (instance.run_time(T0), instance.elapsed(T0))
