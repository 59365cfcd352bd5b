"""A study that has run, for the tests of the API and for the examples in its docstrings."""

from __future__ import annotations

from pathlib import Path

import pytest

import maestro

STUDY = """\
description: {name: chain, description: three links}
env:
  variables: {STEPS: 3}
study:
  - name: make
    description: makes
    run:
      cmd: |
        echo making $(N)
        echo "{\\"twice\\": $((2 * $(N)))}" > out.json
      results: [{file: out.json}]
  - name: post
    description: after it
    run: {cmd: "test -e $(make.workspace)/out.json", depends: [make]}
  - name: collect
    description: all of it
    run: {cmd: "true", depends: [post_*]}
global.parameters:
  N: {values: [1, 2, 3], label: N.%%}
"""


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    """The study, not yet made."""
    path = tmp_path / "study.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return path


@pytest.fixture
def study(study_file: Path) -> maestro.Study:
    """The study, which has run to its end in OUT."""
    made = maestro.run(study_file, out="OUT")
    assert made.wait(timeout=120).ok
    return made
