"""What people and programs see of studies: golden outputs at a fixed width, without colour.

A fault here would be an output that changed unmeant, a wrong exit code, or a study that is shown
as alive though nobody runs it. ``MAESTRO_GOLDEN=write pytest`` writes the outputs anew; look at
the difference before you keep it.
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

from maestro_cli import app
from maestro_cli.commands.status import wanted_states
from maestro_cli.errors import UsageError
from maestro_cli.testing import T0, attempt
from maestro_conductor.model import records
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
    assert "maestro resume OUT" in text


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


def test_a_study_that_was_never_started(staged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert app.main(["status", str(staged)]) == 0
    assert "never started" in capsys.readouterr().out


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


def test_states_may_stand_in_one_word_and_in_any_case() -> None:
    assert wanted_states(["failed, Timedout", "", "RUNNING"]) == {"FAILED", "TIMEDOUT", "RUNNING"}
    with pytest.raises(UsageError, match="no state FRESH, STALE") as caught:
        wanted_states(["fresh", "stale,failed"])
    assert "INITIALIZED" in caught.value.hint


@pytest.mark.parametrize(
    "words",
    [["--watch", "--json"], ["--watch", "--csv"], ["--failed", "--csv"], ["--summary", "--csv"]],
)
def test_forms_that_exclude_each_other_are_wrong_usage(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["status", *words, "x"]) == 64


def test_watching_needs_a_terminal(staged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["status", "--watch", str(staged)]) == 64
    assert "--watch needs a terminal" in capsys.readouterr().err


def test_a_study_of_maestrowf_is_shown_from_its_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "OLD"
    root.mkdir()
    for name in ("study.pkl", "batch.info"):
        (root / name).touch()
    (root / "status.csv").write_text("Step Name,State,Params\nrun_N.1,FINISHED,N:1\n")
    assert app.main(["status", "--layout", "narrow", str(root)]) == 0
    shown = capsys.readouterr().out
    assert "STEP:       run_N.1" in shown
    assert "  N  1\n" in shown
    assert app.main(["status", "--json", str(root)]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "maestrowf-workspace"


def test_without_a_folder_it_is_the_study_that_one_is_in(
    failed: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app.main(["status"]) == 64
    monkeypatch.chdir(failed / "make")
    capsys.readouterr()
    assert app.main(["status", "--summary"]) == 2
    assert capsys.readouterr().out.startswith("FAILED     100 %  ..  4 finished")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--state", "RUNNING"], "OUT: nothing is RUNNING; there are 4 FINISHED, 3 FAILED"),
        (
            ["--step", "post", "--state", "RUNNING,QUEUED"],
            "OUT: nothing of post is QUEUED or RUNNING; there are 2 FINISHED, 1 FAILED",
        ),
    ],
)
@pytest.mark.parametrize("layout", [[], ["--layout", "legacy"]])
def test_a_filter_that_hits_nothing_says_what_there_is(
    failed: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    told: str,
    layout: list[str],
) -> None:
    capsys.readouterr()
    assert app.main(["status", "OUT", *layout, *words]) == 2
    assert told in capsys.readouterr().out.splitlines()
