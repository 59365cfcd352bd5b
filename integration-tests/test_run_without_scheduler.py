"""`maestro run` where the scheduler of the study is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Maestro
from local_studies import no_conductor_stays, status, write

__all__ = ["no_conductor_stays"]  # fixture

STUDY = """\
description: {name: away, description: d}
batch: {type: TYPE, bank: b, host: h, queue: q}
study:
  - {name: a, description: d, run: {cmd: "true", nodes: 1, procs: 1, walltime: "00:10:00"}}
"""


#: What each scheduler's programs say while it is down.
DOWN = {
    "slurm": "error: Unable to contact slurm controller (connect failure)",
    "lsf": "LSF is down. Please wait ...",
    "flux": "flux: ERROR: Unable to connect to Flux: Connection refused",
}
PROGRAMS = {
    "slurm": ["sbatch", "squeue", "scancel"],
    "lsf": ["bsub", "bjobs", "bkill"],
    "flux": ["flux"],
}


@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_missing_program_is_said_before_the_study_counts_as_launched(
    tmp_path: Path, maestro: Maestro, kind: str
) -> None:
    (tmp_path / "nothing").mkdir()
    study = write(tmp_path / "away.yaml", STUDY.replace("TYPE", kind))
    done = maestro("run", "-y", "-o", "OUT", study, env={"PATH": str(tmp_path / "nothing")})
    assert done.returncode == 0, done.stderr
    assert "launched" in done.stdout
    assert f"its scheduler cannot be reached: {PROGRAMS[kind][0]}" in done.stderr


@pytest.mark.parametrize("kind", PROGRAMS)
def test_an_outage_stands_in_the_status_with_the_time_since_when(
    tmp_path: Path, maestro: Maestro, kind: str
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for program in PROGRAMS[kind]:
        write(tools / program, f"#!/bin/sh\necho '{DOWN[kind]}' >&2\nexit 1\n").chmod(0o755)
    study = write(tmp_path / "away.yaml", STUDY.replace("TYPE", kind))
    done = maestro("run", "-y", "-o", "OUT", study, env={"PATH": f"{tools}:/usr/bin:/bin"})
    assert done.returncode == 0, done.stderr
    said = DOWN[kind].removeprefix("error: ").split(":")[-1].strip()[:20]
    assert said in done.stderr
    shown = maestro("status", "OUT").stdout
    assert "Its scheduler takes no jobs since" in shown
    conductor = status(maestro, tmp_path / "OUT")["conductor"]
    assert isinstance(conductor, dict)
    assert said in conductor["trouble"]
    assert conductor["since"] <= conductor["trouble_since"] <= conductor["heartbeat"]
