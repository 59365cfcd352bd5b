"""What `resume` runs again, and what it says.

A fault here would be a step that runs again though it has finished, or a study that is left behind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.commands.resume import ResumeRecord
from maestro_cli.study.workspace_view import open_study


@pytest.mark.parametrize("words", [["resume"], ["why", "make"], ["logs"]])
def test_a_pattern_that_means_several_studies_is_wrong_usage(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("s1", "s2"):
        (tmp_path / name).mkdir()
    assert app.main([words[0], "s*", *words[1:]]) == 64
    assert f"name one of them: {tmp_path / 's1'}, {tmp_path / 's2'}" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["no/such/folder/x.log", "OUT", "chain.yaml/x.log"])
def test_a_log_that_cannot_be_written_is_refused_before_anything_is_made(
    staged: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    before = sorted(staged.parent.rglob("*"))
    for words in (["run", "-y", "-o", "NEW", "chain.yaml"], ["resume", "OUT"]):
        assert app.main(["-l", name, *words]) == 1
        assert f"{staged.parent / name} cannot be the log: " in capsys.readouterr().err
    assert sorted(staged.parent.rglob("*")) == before


def test_what_failed_runs_again_in_the_foreground(
    quick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = Path("quick.yaml").read_text().replace('"true"', '"test -e go"')
    Path("fails.yaml").write_text(text)
    words = ["--no-logstdout", "run", "-fg", "-y", "-o", "FAILS", "fails.yaml"]
    assert app.main(words) == 2
    root = Path("FAILS").absolute()
    (root / "only/go").touch()
    assert app.main(["--no-logstdout", "resume", "-fg", "FAILS"]) == 0
    assert open_study(root).instances()[0].attempt == 2
    assert "Finished: 1 steps" in capsys.readouterr().out


def test_what_has_finished_is_left_alone(
    quick: Path,
    capsys: pytest.CaptureFixture[str],
    documented: Callable[[str], dict[str, str]],
) -> None:
    assert app.main(["--no-logstdout", "resume", "-fg", "QUICK"]) == 0
    capsys.readouterr()
    assert app.main(["resume", "--json", "--throttle", "2", "QUICK"]) == 0
    told = json.loads(capsys.readouterr().out)
    update = f"new limits for it: maestro update {quick}"
    assert told == {
        "path": str(quick),
        "study": "quick",
        "again": [],
        "edited": None,
        "message": f"is FINISHED: there is nothing to resume; {update}",
    }
    row = documented("The other commands' `--json`")["resume"]
    fields = set(re.findall(r"`([a-z_]+)`", row))
    assert fields == told.keys() == ResumeRecord.__annotations__.keys()


@pytest.mark.parametrize("folder", ["requests", "claimed"])
def test_a_finished_study_takes_in_what_waits(quick: Path, folder: str) -> None:
    """Left there by a conductor that died, say."""
    assert app.main(["--no-logstdout", "resume", "-fg", "QUICK"]) == 0
    names = {"requests": "a.json", "claimed": "a.json.17.1"}
    (quick / ".maestro" / folder).mkdir(exist_ok=True)
    path = quick / ".maestro" / folder / names[folder]
    path.write_text('{"request": "hold", "steps": null}')
    assert app.main(["--no-logstdout", "resume", "-fg", "QUICK"]) == 0
    assert not path.exists()
    assert json.loads((quick / ".maestro/answers/a.json").read_text())["accepted"]
    assert app.main(["resume", "QUICK"]) == 0


def test_a_name_that_fits_nothing_is_refused(
    failed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["resume", "OUT", "--step", "maek"]) == 1
    assert "did you mean make?" in capsys.readouterr().err
    assert not (failed / ".maestro/requests").exists()
