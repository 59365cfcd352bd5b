"""Study files as `validate` checks them.

A fault here would be an error that a pipeline does not notice.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from maestro_cli import app

STUDY = """\
description:
  name: s
  description: d
study:
  - name: make
    description: m
    run:
      cmd: echo hi
"""
WARNS = STUDY.replace("echo hi", "echo $(NOWHERE)")
FAILS = STUDY + "      depends: [absent]\n"


@pytest.mark.parametrize(
    ("text", "words", "code", "told"),
    [
        (STUDY, [], 0, "No problems"),
        (WARNS, [], 0, "MS401"),
        (WARNS, ["--strict"], 1, "MS401"),
        (FAILS, [], 1, "MS302"),
    ],
)
def test_errors_count_and_warnings_where_they_are_to(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    words: list[str],
    code: int,
    told: str,
) -> None:
    (tmp_path / "s.yaml").write_text(text)
    assert app.main(["validate", *words, "s.yaml"]) == code
    assert told in capsys.readouterr().out


def test_problems_of_several_files_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "s.yaml").write_text(WARNS)
    monkeypatch.setattr("sys.stdin", io.StringIO(FAILS))
    assert app.main(["validate", "--json", "s.yaml", "-", "absent.yaml"]) == 1
    shown = capsys.readouterr()
    assert [each["code"] for each in json.loads(shown.out)][:2] == ["MS401", "MS302"]
    assert shown.err == ""


@pytest.mark.parametrize("command", [["run", "-y"], ["validate"]])
def test_a_study_file_that_nearly_has_the_name_is_told(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lulesh.yaml").write_text(STUDY)
    assert app.main([*command, str(tmp_path / "lulsh.yaml")]) == 1
    assert f"→ Did you mean {tmp_path}/lulesh.yaml?" in capsys.readouterr().err
