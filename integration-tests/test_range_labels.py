"""Names of instances that come from a range: short, and those of before where a study is older.

A fault here would be an amended study that runs finished instances again, under other names.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Maestro
from local_studies import steps, write

STUDY = """\
description: {name: heat, description: a range}
study:
  - name: sim
    description: simulates
    run: {cmd: "echo $(T) > t.txt"}
global.parameters:
  T: {range: {start: 273.15, stop: 373.15, num: 4}, label: T%%}
"""


def test_names_are_short_and_values_exact(tmp_path: Path, maestro: Maestro) -> None:
    write(tmp_path / "heat.yaml", STUDY)
    done = maestro("run", "-fg", "-y", "-o", "OUT", "heat.yaml")
    assert done.returncode == 0, done.stderr
    assert set(steps(maestro, tmp_path / "OUT")) == {
        f"sim_T{t}" for t in (273.15, 306.48, 339.82, 373.15)
    }
    assert (tmp_path / "OUT/sim/T306.48/t.txt").read_text() == "306.48333333333335\n"


#: What the graph of such a study was before labels were short.
OLDER = STUDY.replace(
    "range: {start: 273.15, stop: 373.15, num: 4}",
    "values: [273.15, 306.48333333333335, 339.81666666666666, 373.15]",
)


@pytest.mark.once
@pytest.mark.parametrize("made", [OLDER, STUDY], ids=["before", "now"])
def test_an_amended_study_keeps_its_instances(made: str, tmp_path: Path, maestro: Maestro) -> None:
    write(tmp_path / "heat.yaml", made)
    done = maestro("run", "-fg", "-y", "-o", "OUT", "heat.yaml")
    assert done.returncode == 0, done.stderr
    root = tmp_path / "OUT"
    before = set(steps(maestro, root))
    assert ("sim_T306.48333333333335" in before) is (made is OLDER)
    # Of 40 values four are those of before, and by themselves their labels would have more digits.
    write(tmp_path / "heat.yaml", STUDY.replace("373.15, num: 4", "373.15, num: 40"))
    told = maestro("amend", "--json", "-y", root, "heat.yaml")
    assert told.returncode == 0, told.stdout + told.stderr
    plan = json.loads(told.stdout)
    assert (plan["gone"], plan["changed"], len(plan["new"])) == ([], [], 36)
    assert before <= set(steps(maestro, root))
