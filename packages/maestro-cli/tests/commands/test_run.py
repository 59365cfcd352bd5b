"""What `run` makes, asks, starts and says.

A fault here would be a study that is started though somebody said no, or options that are lost on
the way into the workspace.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.app import make_parser
from maestro_cli.commands import run
from maestro_cli.errors import UsageError
from maestro_cli.study.workspace_view import open_study
from maestro_conductor.workspace.run_file import read_run


def options(*words: str) -> run.RunOptions:
    return run.read_args(make_parser("run").parse_args(["run", *words]))


def test_options_become_an_order(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("A=1\nB=2\n")
    words = "s.yaml --var A=3 --env-file env --batch queue=q --batch type=x --adapter slurm"
    order = options(*words.split(), "-p", "g.py", "--pargs", "N:1").order
    assert order.variables == {"A": "3", "B": "2"}
    assert order.batch == {"queue": "q", "type": "slurm"}
    assert (order.pgen, order.pargs) == ("g.py", {"N": "1"})


@pytest.mark.parametrize(
    ("words", "answer", "foreground"),
    [("", None, False), ("-y", True, False), ("-n -fg", False, True), ("--dry", None, True)],
)
def test_answers_and_places(words: str, answer: bool | None, foreground: bool) -> None:
    found = options("s.yaml", *words.split())
    assert (found.answer, found.start.foreground) == (answer, foreground)


@pytest.mark.parametrize("words", ["--json", "--pargs A:1", "--pargs A -p x.py"])
def test_options_that_do_not_fit(words: str) -> None:
    with pytest.raises(UsageError):
        options("s.yaml", *words.split())


def test_settings_reach_the_workspace(quick: Path) -> None:
    words = "run -n -o NEW -t 3 -r 0 -a 2 -s 1.5 --usetmp quick.yaml"
    assert app.main(["--no-logstdout", *words.split()]) == 0
    settings = read_run(Path("NEW")).settings
    assert (settings.throttle, settings.rlimit, settings.attempts) == (3, 0, 2)
    assert (settings.sleep, read_run(Path("NEW")).usetmp) == (1.5, True)


@pytest.mark.parametrize(("answer", "state"), [("n", "STAGED"), ("", "STAGED")])
def test_without_a_yes_nothing_is_started(
    quick: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    state: str,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))
    assert app.main(["run", "-o", "NEW", "quick.yaml"]) == 0
    shown = capsys.readouterr().out
    assert "Study      quick\n" in shown
    assert "Would you like to launch the study? [y/n]" in shown
    assert open_study(Path("NEW").absolute()).state == state


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("-n", {"launched": False, "dry": False, "pid": None}),
        ("-fg -y", {"launched": True, "dry": False, "pid": None, "exit_code": 0}),
        ("--dry", {"launched": True, "dry": True, "pid": None, "exit_code": 0}),
    ],
)
def test_programs_are_told_what_was_made(
    quick: Path,
    capsys: pytest.CaptureFixture[str],
    documented: Callable[[str], dict[str, str]],
    words: str,
    told: dict[str, object],
) -> None:
    capsys.readouterr()
    assert app.main(["run", "--json", "-o", "NEW", *words.split(), "quick.yaml"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {"path": str(Path("NEW").absolute()), **told, "warnings": []}
    row = documented("The other commands' `--json`")["run"].partition(" Needs ")[0]
    fields = set(re.findall(r"`([a-z_]+)`", row))
    assert fields == run.RunRecord.__annotations__.keys()
    assert found.keys() <= fields


def test_a_study_that_failed_is_told_by_its_exit_code(
    quick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = Path("quick.yaml").read_text().replace('"true"', '"exit 3"')
    Path("fails.yaml").write_text(text)
    assert app.main(["--no-logstdout", "run", "-fg", "-y", "-o", "NEW", "fails.yaml"]) == 2
    assert "exit code 3: only" in capsys.readouterr().err
