"""Batch blocks and walltimes that say nothing or no limit: beside maestrowf, and on a real Slurm."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from conformance.case import Case
from conformance.comparison import compare, split
from conformance.sides import Job, OracleRefusedError, by_oracle, by_ours
from conftest import Maestro
from local_studies import no_conductor_stays, steps, write
from oracle import oracle_python
from slurm_cluster import SlurmCluster

__all__ = ["no_conductor_stays"]  # fixture

_STUDY = """\
description: {name: odd, description: d}
batch: BATCH
study:
  - {name: a, description: d, run: {cmd: 'echo hi', nodes: 1, procs: 1, walltime: WALLTIME}}
"""


def study(batch: str, walltime: str) -> str:
    return _STUDY.replace("BATCH", batch).replace("WALLTIME", walltime)


#: A cluster without accounts, no limit at all, and the limit of the partition (`short` has one).
CASES = {
    "empty bank": study('{type: slurm, host: "", bank: "", queue: ""}', '"00:01:00"'),
    "walltime unlimited": study("{type: slurm, host: h, bank: proj_a, queue: debug}", "UNLIMITED"),
    "walltime zero": study("{type: slurm, host: h, bank: proj_a, queue: short}", "0"),
}
#: What the script asks for, beside the number of nodes, the names of logs and the comment.
ASKED = {
    "empty bank": {"--time=00:01:00"},
    "walltime unlimited": {"--account=proj_a", "--partition=debug", "--time=UNLIMITED"},
    "walltime zero": {"--account=proj_a", "--partition=short"},
}
#: Account, partition and limit that Slurm gives the job.
GIVEN = {
    "empty bank": ("proj_a", "debug", "1:00"),
    "walltime unlimited": ("proj_a", "debug", "UNLIMITED"),
    "walltime zero": ("proj_a", "short", "5:00"),
}


@pytest.mark.once
def test_the_scripts_are_those_of_maestrowf(tmp_path: Path) -> None:
    jobs = []
    for number, text in enumerate(CASES.values()):
        (tmp_path / str(number)).mkdir()
        path = write(tmp_path / str(number) / "study.yaml", text)
        jobs.append(Job(path, path.parent / "out"))
    for name, job, theirs in zip(CASES, jobs, by_oracle(jobs, oracle_python()), strict=True):
        assert not isinstance(theirs, OracleRefusedError), theirs
        shutil.rmtree(job.output)
        ours = by_ours(job)
        assert compare(Case(yaml.safe_load(CASES[name]), job.output), theirs, ours) == ([], [])
        _, directives, _ = split(ours[0].scripts["a.slurm.sh"])
        assert directives - {"#SBATCH --nodes=1", '#SBATCH --job-name="a"'} == {
            f"#SBATCH {option}" for option in ASKED[name]
        }


@pytest.mark.parametrize("kind", ["local", "lsf", "flux"])
@pytest.mark.once
def test_other_adapters_leave_the_same_out(tmp_path: Path, kind: str) -> None:
    """Bank, queue and walltime; no scheduler but Slurm has the word UNLIMITED."""
    for name in ("empty bank", "walltime zero"):
        text = CASES[name].replace("slurm", kind).replace("proj_a", '""').replace("short", '""')
        folder = tmp_path / name
        folder.mkdir()
        (instance,) = by_ours(Job(write(folder / "study.yaml", text), folder / "out"))
        (script,) = instance.scripts.values()
        options = {line.split()[1] for line in script.splitlines()[1:] if line.startswith("#")}
        assert not options & {"-G", "-q"}
        assert "bank" not in script
        if name == "walltime zero":
            assert "-W" not in options
            assert kind != "flux" or "#flux: -t 0s" in script  # no limit


@pytest.mark.slurm
@pytest.mark.parametrize("name", CASES)
def test_slurm_takes_them(slurm: SlurmCluster, maestro: Maestro, tmp_path: Path, name: str) -> None:
    asks = "squeue --noheader --job $SLURM_JOB_ID --Format=account:20,partition:20,timelimit:20"
    path = write(tmp_path / "study.yaml", CASES[name].replace("echo hi", f"{asks} > given"))
    done = maestro("run", "-fg", "-y", "-s", "1", "-o", "OUT", path, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert steps(maestro, tmp_path / "OUT")["a"]["state"] == "FINISHED"
    given = (tmp_path / "OUT" / "a" / "given").read_text()
    assert tuple(given.split()) == GIVEN[name]
