"""A README that shows what is not so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import maestro_spec
from maestro_spec.loading import read_text
from maestro_spec.reporting.text import render_summary, render_text
from maestro_spec.schema.study_file import BATCH, RUN

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
TABLES = [block for block in BLOCKS if block.startswith("global.parameters")]


def test_the_report_looks_like_that():
    text = """\
description: {name: a, description: b}
global.parameters: {SIZE: {values: [1, 2], label: S.%%}}
study:
  - name: one
    description: Print $(SIZE).
    run:
      cmd: |

          echo $(SIZ)
"""
    reading = read_text(text, "study.yaml", None, Path())
    problems = maestro_spec.check(reading.study)
    assert render_text(problems, reading.document) + render_summary(problems, 1) in README


@pytest.mark.parametrize("block", TABLES)
def test_the_tables_of_parameters_are_right(block, lint, tmp_path):
    (tmp_path / "materials.csv").write_text("DENSITY,NAME\n1.5,a\n2.5,b\n")
    names = {"ANGLE", "SPEED"} if "ANGLE" in block else {"SIZE", "DENSITY"}
    if "csv: materials.csv\n" in block:
        names = {"DENSITY"}
    command = " ".join(f"$({name})" for name in sorted(names))
    step = f"study: [{{name: a, description: d, run: {{cmd: '{command}'}}}}]\n"
    # Two ranges in one block must be of one length.
    assert {p.code for p in lint(step + block)} <= {"MS205"}


def test_every_extension_is_described():
    assert len(TABLES) == 3
    for key in (*RUN.keys, *BATCH.keys):
        if key.ours:
            assert f"`{key.name}`" in README


def test_the_other_blocks_are_yaml():
    assert all(yaml.safe_load(block) for block in BLOCKS)
