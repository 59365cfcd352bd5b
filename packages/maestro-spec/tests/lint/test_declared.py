"""A name that a file defines wrongly, and that is then reported as defined nowhere."""

from __future__ import annotations

import pytest

from maestro_spec.lint.declared import declared_names, has_nameless_steps
from maestro_spec.loading import read_text

TEXT = """\
description: {name: s, description: d}
env:
  variables: {A: [wrong]}
  labels: {B: x}
  dependencies: {paths: [{name: C}], git: [{name: D, path: 5}, 6]}
global.parameters: {grid: [{P: 5}, {csv: 7}]}
"""


@pytest.fixture
def study(tmp_path):
    def read(steps):
        return read_text(TEXT + f"study: {steps}\n", "study.yaml", None, tmp_path).study

    return read


def test_names_are_found_where_they_are_written(study):
    names = set(declared_names(study("[{name: a, description: d, run: {cmd: x}}]").document))
    assert names == {"A", "B", "C", "D", "grid", "P", "csv"}
    assert set(declared_names(None)) == set()


@pytest.mark.parametrize(
    ("steps", "nameless"),
    [
        ("[{name: a, description: d, run: {cmd: x}}]", False),
        ("[{name: [a], description: d, run: {cmd: x}}]", True),
        ("[{name: a, description: d, run: {cmd: x}}, 5]", True),
    ],
)
def test_steps_whose_names_could_not_be_read(steps, nameless, study):
    assert has_nameless_steps(study(steps)) is nameless
