"""Outlines of study files.

A fault here would be a picture of another study than the one that would run, or a folder left behind.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_cli.launch.study_check import BadStudyError
from maestro_cli.launch.study_outline import outline_of_file

STUDY = """\
description: {name: s, description: d}
env: {variables: {WHO: world}}
study:
  - {name: make, description: m, run: {cmd: "echo $(N) $(WHO)"}}
  - {name: all, description: a, run: {cmd: "true", depends: [make_*]}}
"""
PARAMETERS = "global.parameters: {N: {values: [1, 2, 3], label: N.%%}}\n"
GENERATOR = """\
from maestrowf.datastructures.core import ParameterGenerator
def get_custom_generator(env, **kwargs):
    made = ParameterGenerator()
    made.add_parameter("N", list(range(int(kwargs["n"]))), "N.%%")
    return made
"""


def test_the_graph_is_that_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(STUDY + PARAMETERS)
    outline = outline_of_file("s.yaml", variables={"WHO": "you"}, pgen=None, pargs={})
    assert outline.names == ["make_N.1", "make_N.2", "make_N.3", "all"]
    assert list(outline.groups(3)) == [0]
    assert outline.states is None
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]


def test_a_generator_file_gives_the_parameters(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(STUDY)
    (tmp_path / "gen.py").write_text(GENERATOR)
    outline = outline_of_file("s.yaml", variables={}, pgen="gen.py", pargs={"n": "5"})
    assert outline.steps[0].size == 5


def test_a_study_with_errors_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.yaml").write_text(STUDY.replace("make_*", "absent"))
    with pytest.raises(BadStudyError):
        outline_of_file("s.yaml", variables={}, pgen=None, pargs={})
    assert "MS302" in capsys.readouterr().err
