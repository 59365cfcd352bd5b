"""What people see of a study: golden outputs at a fixed width, without colour.

``MAESTRO_GOLDEN=write pytest`` writes them anew; look at the difference before you keep it.
"""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from attrs import evolve

from maestro_cli import app
from maestro_cli.study.instances import Instance
from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import T0, attempt
from maestro_cli.views import as_json
from maestro_conductor.app.conduct import log_path_of
from maestro_conductor.model import records
from maestro_conductor.model.states import NAMES
from maestro_conductor.workspace.conductor_lock import hold

History = Callable[[Sequence[records.Record]], Path]
GOLDEN = Path(__file__).parent / "golden"


def shown(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    app.main([str(word) for word in words])
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "words", "columns"),
    [
        ("flat", ["status"], "180"),
        ("flat-100", ["status"], "100"),
        ("flat-80", ["status"], "80"),
        ("flat-60", ["status"], "60"),
        ("legacy", ["status", "--layout", "legacy"], "100"),
        ("narrow", ["status", "--layout", "narrow"], "100"),
        ("summary", ["status", "--summary"], "100"),
        ("failed", ["status", "--failed"], "100"),
        ("chosen", ["status", "--state", "FAILED", "--step", "post"], "180"),
        ("csv", ["status", "--csv"], "100"),
        ("why-failed", ["why", "OUT", "make_N.2"], "100"),
        ("why-after", ["why", "OUT", "collect"], "100"),
        ("logs", ["logs", "OUT", "make_N.2"], "100"),
    ],
)
def test_golden(
    failed: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    words: list[str],
    columns: str,
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    capsys.readouterr()
    text = shown(capsys, *words, *([] if "OUT" in words else ["OUT"]))
    # The title's place depends on the length of the path.
    text = text[max(0, text.find("┏")) :].replace(str(failed.parent), "/study")
    assert "\x1b" not in text or name == "logs"  # a pipe gets a step's output as it is
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("MAESTRO_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_the_narrow_layout_keeps_parameters_apart(
    staged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "  N  x;y:z\n" in shown(capsys, "status", "--layout", "narrow", staged)


def test_running_steps_show_their_run_time(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    root = history(attempt(0, "FINISHED", 0)[:2])
    capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(shown(capsys, "status", "--csv", root))))
    assert rows[0]["State"] == "RUNNING"
    assert rows[0]["Run Time"][0].isdigit()
    assert rows[0]["End Time"] == "--"
    assert [row["State"] for row in rows[1:]] == ["QUEUED"] * 2 + ["INITIALIZED"] * 4


def test_a_dead_conductor_is_named(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    root = history(attempt(0, "FINISHED", 0)[:2])
    capsys.readouterr()
    assert app.main(["status", str(root)]) == 1
    text = capsys.readouterr().out
    assert "conductor died" in text
    assert f"maestro resume {root}" in text


@pytest.mark.parametrize(
    ("end", "state", "code"),
    [
        ([records.ended(T0, "FINISHED", 0), records.closed(T0, "ended")], "FINISHED", 0),
        ([records.ended(T0, "FAILED", 2), records.closed(T0, "ended")], "FAILED", 2),
        ([records.ended(T0, "CANCELLED", 3), records.closed(T0, "ended")], "CANCELLED", 3),
        ([records.ended(T0, "DRYRUN", 0), records.closed(T0, "ended")], "DRYRUN", 0),
        ([records.closed(T0, "SIGTERM")], "STOPPED", 1),
        ([], "DEAD", 1),
    ],
)
def test_states_of_a_study_and_their_exit_codes(
    history: History,
    capsys: pytest.CaptureFixture[str],
    end: list[records.Record],
    state: str,
    code: int,
) -> None:
    root = history(end)
    capsys.readouterr()
    assert app.main(["status", "--json", "--summary", str(root)]) == code
    found = json.loads(capsys.readouterr().out)
    assert (found["state"], found["exit_code"]) == (state, code)


def test_a_study_that_stands_still_says_why_and_since_when(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    root = history([])
    with hold(root) as held:
        held.note(None, "/d/journal: No space left on device", T0)
        capsys.readouterr()
        assert app.main(["status", str(root)]) == 0
        text = capsys.readouterr().out
        assert "It stands still since 2026-11-22 10:00:00: /d/journal: No space left" in text
        assert "`maestro cancel` works meanwhile" in text
        assert app.main(["status", "--json", str(root)]) == 0
        conductor = json.loads(capsys.readouterr().out)["conductor"]
        assert conductor["paused"] == "/d/journal: No space left on device"
        assert conductor["paused_since"] == T0 / 1000
        assert app.main(["why", str(root), "make_N.1"]) == 0
        assert "The study stands still: /d/journal: No space left" in capsys.readouterr().out
        held.note(None, None, T0)
        assert app.main(["status", str(root)]) == 0
        assert "stands still" not in capsys.readouterr().out


def test_a_conductor_that_left_and_had_no_room_to_say_so_is_not_dead(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    root = history([])
    with hold(root) as held:
        held.me = evolve(held.me, boot="boot", pid=4242)  # who opened the journal
    capsys.readouterr()
    assert open_study(root).state == "STOPPED"
    with hold(root):
        pass  # another one, which never opened the journal
    assert open_study(root).state == "DEAD"


def test_the_moment_of_a_study_whose_log_has_an_odd_name(staged: Path, tmp_path: Path) -> None:
    odd = str(tmp_path / "\udcff.log")
    assert app.main(["-l", odd, "run", "-n", "-o", "ODD", str(tmp_path / "chain.yaml")]) == 0
    assert open_study(tmp_path / "ODD").created > T0 > 0


def test_a_study_that_was_never_started(staged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert app.main(["status", str(staged)]) == 0
    assert "never started" in capsys.readouterr().out


FIELDS = {
    "format": str, "version": list, "study": str, "path": str, "state": str, "exit_code": int,
    "created": float, "time": float, "instances": int, "counts": dict, "settings": dict,
    "conductor": (dict, type(None)), "steps": list,
}  # fmt: skip
STEP_FIELDS = {
    "name": str, "step": str, "state": str, "job": (str, type(None)), "workspace": str,
    "parameters": dict, "attempt": int, "submitted": (float, type(None)),
    "started": (float, type(None)), "ended": (float, type(None)),
    "run_time": (float, type(None)), "elapsed": (float, type(None)),
    "exit_code": (int, type(None)), "restarts": int, "resubmissions": int, "retries": int,
    "reason": (str, type(None)),
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
    page = (Path(__file__).parents[4] / "docs/commands.md").read_text(encoding="utf-8")
    for name in {**FIELDS, **STEP_FIELDS}:
        assert f"`{name}`" in page
    make2 = found["steps"][1]
    assert make2["parameters"] == {"N": 2}
    assert (make2["exit_code"], make2["run_time"], make2["job"]) == (7, 90.0, "1001")
    assert found["steps"][2]["parameters"] == {"N": "x;y:z"}


def test_errors_of_several_studies_as_json(
    staged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert app.main(["status", "--json", "nowhere", str(staged)]) == 1
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["error"]["code"] == "not-a-study"
    assert second["state"] == "STAGED"


def test_the_table_of_a_large_study_shows_every_row(
    staged: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    text = (staged / "chain.yaml").read_text(encoding="utf-8")
    values = str(list(range(1500)))
    Path("large.yaml").write_text(text.replace('[1, 2, "x;y:z"]', values), encoding="utf-8")
    assert app.main(["--no-logstdout", "run", "-n", "-o", "LARGE", "large.yaml"]) == 0
    capsys.readouterr()
    rows = shown(capsys, "status", "--disable-pager", "LARGE").splitlines()
    assert sum(line.startswith("│") for line in rows) == 3001


def test_a_damaged_workspace_is_one_message(
    failed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = failed / ".maestro/graph.msgpack"
    graph.write_bytes(graph.read_bytes()[:100])
    capsys.readouterr()
    assert app.main(["status", str(failed)]) == 1
    error = capsys.readouterr().err
    assert "damaged or torn" in error
    assert "Traceback" not in error


def test_the_journal_of_another_study_is_one_message(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    root = history(attempt(99, "FINISHED", 0))
    capsys.readouterr()
    assert app.main(["status", str(root)]) == 1
    assert "does not fit the study" in capsys.readouterr().err


def test_csv_is_harmless_on_a_terminal(staged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (staged / "chain.yaml").read_text(encoding="utf-8").replace("x;y:z", "\\e[2J")
    Path("evil.yaml").write_text(text, encoding="utf-8")
    app.main(["--no-logstdout", "run", "-n", "-o", "EVIL", "evil.yaml"])
    capsys.readouterr()
    assert "\x1b[2J" in shown(capsys, "status", "--csv", "EVIL")
    ours, terminal = pty.openpty()
    words = [sys.executable, "-m", "maestro_cli", "status", "--csv", "EVIL"]
    subprocess.run(words, stdout=terminal, check=True)
    told = os.read(ours, 65536)
    os.close(ours)
    os.close(terminal)
    assert b"make_N" in told
    assert b"\x1b" not in told


@pytest.mark.parametrize("line", ["[" * 200_000, '{"a":' * 200_000, "{}", "[]", '{"timestamp": 1}'])
def test_a_line_of_the_log_that_is_none_of_ours_is_shown_as_it_is(
    failed: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    log = log_path_of(failed, open_study(failed).name)
    log.parent.mkdir(exist_ok=True)
    log.write_text(line + "\n", encoding="utf-8")
    assert line in shown(capsys, "logs", str(failed))


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


def test_each_field_of_an_instance_is_that_of_the_journal(failed: Path) -> None:
    study = open_study(failed)
    known = study.known
    known.attempt[2], known.cause[2], known.job[2] = 3, records.CAUSES.index("retry"), "77"
    known.submitted[2], known.started[2], known.ended[2] = 1, 2, 3
    known.restarts[2], known.resubmissions[2], known.retries[2] = 4, 5, 6
    known.exit_code[2], known.reason[2] = 8, "why"
    every = study.instances()
    graph, step = study.graph, study.steps[study.graph.step_of[2]]
    assert every[2] == Instance(
        number=2,
        name=graph.names[2],
        step=step.name,
        workspace=graph.workspaces[2],
        state=NAMES[known.state[2]],
        job="77",
        attempt=3,
        cause="retry",
        submitted=1,
        started=2,
        ended=3,
        restarts=4,
        resubmissions=5,
        retries=6,
        exit_code=8,
        reason="why",
        parameters=graph.parameters[2],
    )
    assert study.instances(iter([2, 0])) == [every[2], every[0]]


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
