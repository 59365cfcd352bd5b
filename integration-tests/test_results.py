"""Results from a study file to a table: a page that shows what is not so, or a step that finishes without its file."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

import yaml

from maestro_cli.results.columns import FIXED
from maestro_spec.lint.rules.results import COLUMNS

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = (REPOSITORY / "docs/results.md").read_text(encoding="utf-8")


def blocks(text: str) -> dict[str, list[str]]:
    """Command → the lines that it prints, of a block of the page."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("$ "):
            found[line[2:]] = []
        else:
            found[list(found)[-1]].append(line)
    return found


def words(lines: list[str]) -> list[list[str]]:
    """The cells of a table without the times, which are others each time."""
    cells = [line.split() for line in lines]
    if "run_time" not in cells[0]:
        return cells
    place = cells[0].index("run_time")
    return [row[:place] + row[place + 1 :] for row in cells]


def test_the_page_shows_what_is_so(tmp_path: Path, maestro) -> None:
    (block,) = re.findall(r"^```\n(\$ maestro run.*?)```", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "samples").symlink_to(REPOSITORY / "samples")
    commands = blocks(block)
    assert len(commands) == 4
    for command, expected in commands.items():
        done = maestro(*shlex.split(command)[1:])
        if expected:
            assert words(done.stdout.splitlines()) == words(expected), command


def test_the_excerpt_is_that_of_the_sample() -> None:
    (shown,) = re.findall(r"^```yaml\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)
    sample = (REPOSITORY / "samples/results.yaml").read_text(encoding="utf-8")
    results = yaml.safe_load(shown)["study"][0]["run"]["results"]
    assert results == yaml.safe_load(sample)["study"][0]["run"]["results"]


def test_the_lint_knows_the_columns_of_every_table() -> None:
    fixed = {name for names in FIXED for name in names}
    assert fixed | {"amendment", "row", "study"} == COLUMNS


STUDY = """\
description: {name: required, description: d}
study:
  - name: write
    description: writes, or not
    run:
      cmd: if [ $(N) = 2 ] || [ -e again ]; then echo "n = $(N)" > out_$(N).txt; fi; touch again
      retries: $RETRIES
      results: [{file: out_$(N).txt, required: true}]
  - name: after
    description: needs it
    run: {cmd: "true", depends: [write]}
global.parameters: {N: {values: [1, 2], label: N.%%}}
"""


def states(folder: Path) -> dict[str, str]:
    with (folder / "status.csv").open(newline="") as file:
        return {row["Step Name"]: row["State"] for row in csv.DictReader(file)}


def test_a_step_without_a_result_that_it_must_leave_has_failed(tmp_path: Path, maestro) -> None:
    (tmp_path / "s.yaml").write_text(STUDY.replace("$RETRIES", "0"))
    assert maestro("run", "-fg", "-y", "-o", "OUT", "s.yaml").returncode == 2
    assert states(tmp_path / "OUT") == {
        "write_N.1": "FAILED",
        "write_N.2": "FINISHED",
        "after_N.1": "FAILED",
        "after_N.2": "FINISHED",
    }
    told = maestro("why", "OUT", "write_N.1").stdout
    assert "its result out_1.txt is not there" in told
    rows = maestro("results", "OUT", "write", "--format", "csv").stdout.splitlines()
    assert [row.split(",")[-2] for row in rows] == ["n", "", "2"]
    # Its own exit code was none of failure.
    assert [row.split(",")[5] for row in rows[1:]] == ["0", "0"]


def test_and_is_retried_as_any_other(tmp_path: Path, maestro) -> None:
    (tmp_path / "s.yaml").write_text(STUDY.replace("$RETRIES", "1"))
    assert maestro("run", "-fg", "-y", "-o", "OUT", "s.yaml").returncode == 0
    assert set(states(tmp_path / "OUT").values()) == {"FINISHED"}
