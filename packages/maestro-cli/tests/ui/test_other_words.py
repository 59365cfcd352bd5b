"""Words of other tools, options that nearly exist, and words too many, answered with ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_cli import app
from maestro_cli.commands import COMMANDS
from maestro_cli.ui.other_words import _COMMANDS as WORDS
from maestro_cli.ui.other_words import _OPTIONS

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


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["restart", "x"], "here that is: maestro resume DIR"),
        (["rerun", "x"], "here that is: maestro resume --failed DIR"),
        (["results", "x"], "maestro logs DIR STEP (output)"),
        (["ls"], "here that is: maestro status DIR"),
        (["STOP", "x"], "here that is: maestro cancel DIR"),
        (["kill", "x"], "here that is: maestro cancel DIR"),
        (["run", "--dryrun", "x.yaml"], "run has no option --dryrun\n  → did you mean --dry?"),
        (["run", "--dry-run=1", "x.yaml"], "run has no option --dry-run\n  → did you mean --dry?"),
        (["run", "--foreground", "x.yaml"], "did you mean -fg?"),
        (["status", "--laoyut", "flat", "x"], "did you mean --layout?"),
        (["status", "--zzzzzz", "x"], "status has no option --zzzzzz\n  → `maestro status --help`"),
        (["resume", "a", "b c"], 'for x in a \'b c\'; do maestro resume "$x"; done'),
        (["resume", "a", "b"], "resume takes one DIR, and here is more: b\n"),
        (["run", "a", "b"], 'for x in a b; do maestro run "$x"; done'),
        (["logs", "a", "b", "c", "d"], "logs takes DIR and STEP, and here is more: c d\n"),
        (["completion", "bash", "x"], "completion takes one shell, and here is more: x\n"),
    ],
)  # fmt: skip
def test_words_of_others_get_ours(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(words) == 64
    assert told in capsys.readouterr().err


def test_every_answer_is_something_that_there_is() -> None:
    for word, answer in WORDS.items():
        assert word not in COMMANDS
        for command in answer.split("maestro ")[1:]:
            given = command.replace("(states), ", "").replace("(output)", "").split()
            assert app.make_parser(given[0]).parse_args(given).word
    known = set()
    for name in COMMANDS:
        parser = app.make_parser(name)
        known |= set(
            parser._chosen(parser.parse_known_args(_least(name))[0])._option_string_actions
        )
    assert set(_OPTIONS.values()) <= known
    assert not set(_OPTIONS) & known


def _least(name: str) -> list[str]:
    return [name, *{"why": ["DIR", "STEP"], "completion": ["bash"]}.get(name, ["DIR"])]


@pytest.mark.parametrize("how", ["option", "study", "dry"])
def test_an_adapter_that_there_is_not_is_told_before_a_folder_is_made(
    how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = tmp_path / "study.yaml"
    study.write_text(STUDY + ("batch: {type: slrum}\n" if how == "study" else ""))
    options = {
        "option": ["--adapter", "slrum"],
        "study": [],
        "dry": ["--dry", "--adapter", "slrum"],
    }
    out = tmp_path / "out"
    assert app.main(["run", "-y", *options[how], "-o", str(out), str(study)]) == 1
    shown = capsys.readouterr()
    assert "no adapter 'slrum' is installed; nothing was started" in shown.err
    assert "did you mean slurm? there are flux, local, lsf, slurm" in shown.err
    assert "launched" not in shown.out + shown.err
    assert [path.name for path in tmp_path.iterdir()] == ["study.yaml"]


@pytest.mark.parametrize("command", [["run", "-y"], ["validate"]])
def test_a_study_file_that_nearly_has_the_name_is_told(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lulesh.yaml").write_text(STUDY)
    assert app.main([*command, str(tmp_path / "lulsh.yaml")]) == 1
    assert f"→ Did you mean {tmp_path}/lulesh.yaml?" in capsys.readouterr().err
