"""Studies on a real Slurm that are amended while jobs run, are in the queue, or are not submitted yet.

Would catch a job that outlives its instance, one that is cancelled or submitted anew though nothing of it
changed, and a plan that is not what happens. The full form (`slow`) kills the conductor meanwhile.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from conftest import Maestro
from local_studies import maestro_path, status, steps, write
from maestro_conductor.journal.in_force import amendment_in_force
from maestro_conductor.workspace.conductor_lock import holder
from slurm_cluster import SlurmCluster
from waiting import ended_within, wait_until

pytestmark = pytest.mark.slurm

#: Jobs of `held` and `late` are in the queue until somebody releases them; `post` and `all` wait.
STUDY = """\
description: {name: edited, description: jobs of every kind}
batch: {type: slurm, host: here, bank: proj_a, queue: debug}
study:
  - name: first
    description: has ended when the study is amended
    run: {procs: 1, walltime: "5", cmd: "BEGIN; echo $(N) > first"}
  - name: keep
    description: runs, and stays as it is
    run: {procs: 1, walltime: "5", depends: [first], cmd: "BEGIN; WAIT; cat $(first.workspace)/first > keep"}
  - name: turn
    description: becomes another one while it runs
    run: {procs: 1, walltime: "5", depends: [first], cmd: "BEGIN; WAIT; echo before > turn"}
  - name: drop
    description: is taken out while it runs
    run: {procs: 1, walltime: "5", depends: [first], cmd: "BEGIN; WAIT"}
  - name: held
    description: stays in the queue
    run: {procs: 1, walltime: "5", depends: [first], priority: held, cmd: "BEGIN; echo $(N) > held"}
  - name: late
    description: becomes another one while it is in the queue
    run: {procs: 1, walltime: "5", depends: [first], priority: held, cmd: "BEGIN; echo before > late"}
  - name: post
    description: waits
    run:
      cmd: "BEGIN; cat $(keep.workspace)/keep $(turn.workspace)/turn $(held.workspace)/held > post"
      depends: [keep, turn, held]
      procs: 1
      walltime: "5"
  - name: all
    description: waits for all
    run:
      cmd: "echo $(WORKSPACE) >> $(SPECROOT)/ran; cat $(post.workspace)/*/post $(late.workspace)/*/late > all"
      depends: [post_*, late_*]
      procs: 1
      walltime: "5"
global.parameters:
  N: {values: [1, 2], label: N.%%}
""".replace("BEGIN", "echo $(WORKSPACE) >> $(SPECROOT)/ran; : $(N)").replace(
    "WAIT", "until [ -e $(SPECROOT)/go ]; do sleep 0.2; done"
)

STEPS = ("first", "keep", "turn", "held", "late", "post")
ROWS = (1, 2, 3)


def edited(text: str) -> str:
    """One command changes that runs, another one that is in the queue; a step goes, a row comes."""
    before, _, rest = text.partition("  - name: drop")
    _, _, after = rest.partition("  - name: held")
    text = f"{before}  - name: held{after}".replace("[1, 2]", "[1, 2, 3]")
    late = text.index("name: late")
    text = text[:late] + text[late:].replace(", priority: held", "", 1)
    return text.replace("echo before", "echo after")


def ran(folder: Path) -> Counter[str]:
    """How often each instance has begun, by its step's folder and its own: `keep/N.1`."""
    try:
        lines = (folder / "ran").read_text().split()
    except FileNotFoundError:
        return Counter()
    return Counter(line.partition("/OUT/")[2] for line in lines)


def live_jobs(slurm: SlurmCluster) -> set[str]:
    """What Slurm has in its queue, running or about to end."""
    return set(slurm.run("squeue", "-h", "-o", "%i").split())


def fates(slurm: SlurmCluster) -> dict[str, str]:
    """What became of each job of a while ago, and of those in the queue."""
    told = slurm.run("squeue", "-h", "-t", "all", "-o", "%i %T")
    return dict(line.split() for line in told.splitlines())


def tokens(slurm: SlurmCluster, root: Path) -> list[str]:
    """By which the conductor finds its jobs, of one study: the last word of their comments."""
    told = slurm.run("squeue", "-h", "-t", "all", "-o", "%Z %k")
    return [line.split()[-1] for line in told.splitlines() if line.startswith(f"{root}/")]


def results(root: Path) -> dict[str, str]:
    """What the commands of the instances wrote."""
    return {
        str(path.relative_to(root)): path.read_text()
        for step in (*STEPS, "all")
        for path in (root / step).rglob(step)
        if path.is_file()
    }


def places(plan: dict[str, Any], *parts: str) -> set[str]:
    return {each["workspace"] for part in parts for each in plan[part]}


def begin(slurm: SlurmCluster, folder: Path, maestro: Maestro) -> Path:
    """A study with jobs that run and jobs in the queue."""
    write(folder / "edited.yaml", STUDY)
    root = folder / "OUT"
    assert maestro("run", "-y", "-s", "1", "-o", root, folder / "edited.yaml").returncode == 0
    wait_until(
        lambda: (
            status(maestro, root)["counts"]
            == {"FINISHED": 2, "RUNNING": 6, "PENDING": 4, "INITIALIZED": 3}
        )
    )
    return root


def let_run(slurm: SlurmCluster, folder: Path, root: Path, maestro: Maestro) -> None:
    """Release what waits, and wait for the end."""
    (folder / "go").touch()

    def has_ended() -> bool:
        waits = slurm.run("squeue", "-h", "-t", "pending", "-o", "%i %r").splitlines()
        for line in waits:
            job, reason = line.split(maxsplit=1)
            if reason == "JobHeldUser":
                slurm.run("scontrol", "release", job, check=False)
        return holder(root) is None

    wait_until(has_ended, "the end of the study", interval=0.3)
    assert status(maestro, root)["state"] == "FINISHED"


def check(
    slurm: SlurmCluster,
    folder: Path,
    root: Path,
    before: dict[str, dict[str, Any]],
    plan: dict[str, Any],
    maestro: Maestro,
) -> None:
    """That it became what its plan said, and what a fresh run gives."""
    after = steps(maestro, root)
    kept = {"first_N.1", "first_N.2", "keep_N.1", "keep_N.2", "held_N.1", "held_N.2"}
    for name in kept:
        assert (after[name]["job"], after[name]["attempt"]) == (before[name]["job"], 1)
    told = fates(slurm)
    assert {told[before[name]["job"]] for name in kept} == {"COMPLETED"}
    assert {told[before[name]["job"]] for name in plan["stopped"]} == {"CANCELLED"}
    submitted = tokens(slurm, root)
    assert len(submitted) > len(kept)
    assert len(submitted) == len(set(submitted))
    assert ran(folder) == {
        **{f"{step}/N.{n}": 1 for step in STEPS for n in ROWS},
        **dict.fromkeys(["drop/N.1", "drop/N.2"], 1),
        **dict.fromkeys(["turn/N.1", "turn/N.2"], 2),
        "all": 1,
    }
    afresh = folder / "afresh" / "OUT"
    afresh.parent.mkdir()
    (afresh.parent / "go").touch()
    text = (folder / "edited.yaml").read_text().replace(", priority: held", "")
    study = write(afresh.parent / "edited.yaml", text)
    assert maestro("run", "-fg", "-y", "-s", "1", "-o", afresh, study).returncode == 0
    assert results(root) == results(afresh)
    assert len(results(root)) == 6 * 3 + 1


def check_plan(plan: dict[str, Any]) -> None:
    assert places(plan, "changed") == {f"{step}/N.{n}" for step in ("turn", "late") for n in (1, 2)}
    assert places(plan, "gone") == {"drop/N.1", "drop/N.2"}
    assert places(plan, "new") == {f"{step}/N.3" for step in STEPS}
    assert places(plan, "again") == set()
    assert set(plan["stopped"]) == {
        f"{step}_N.{n}" for step in ("turn", "late", "drop") for n in (1, 2)
    }


def test_jobs_that_change_are_cancelled_and_the_others_go_on(
    slurm: SlurmCluster, tmp_path: Path, maestro: Maestro
) -> None:
    root = begin(slurm, tmp_path, maestro)
    before = steps(maestro, root)
    write(tmp_path / "edited.yaml", edited(STUDY))
    done = maestro("amend", "--json", "-y", root, tmp_path / "edited.yaml")
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    check_plan(plan)
    wait_until(lambda: status(maestro, root)["counts"].get("INITIALIZED") == 4)
    # From the moment in which it is amended, none of them is in the queue any more.
    stopped = {before[name]["job"] for name in plan["stopped"]}
    live = live_jobs(slurm)
    assert not stopped & live
    assert {before[f"{step}_N.{n}"]["job"] for step in ("keep", "held") for n in (1, 2)} <= live
    let_run(slurm, tmp_path, root, maestro)
    assert not live_jobs(slurm)
    check(slurm, tmp_path, root, before, plan, maestro)


def is_asked(root: Path) -> bool:
    """Whether the request was made, and perhaps had its effect already."""
    folders = [root / ".maestro" / name for name in ("requests", "claimed", "answers")]
    return any(path.name[0] != "." for each in folders if each.exists() for path in each.iterdir())


def kill(root: Path) -> None:
    alive = holder(root)
    assert alive is not None
    os.kill(alive.pid, signal.SIGKILL)
    wait_until(lambda: holder(root) is None)


def killed_meanwhile(slurm: SlurmCluster, folder: Path, random: Random, maestro: Maestro) -> bool:
    """Amend a study, kill its conductor meanwhile, and go on; tells whether it was amended by then."""
    root = begin(slurm, folder, maestro)
    before = steps(maestro, root)
    study = write(folder / "edited.yaml", edited(STUDY))
    plan = json.loads(maestro("amend", "--json", "--dry-run", root, study).stdout)
    check_plan(plan)
    words = [str(maestro_path()), "amend", "-y", str(root), str(study)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as asked:
        wait_until(lambda: is_asked(root), interval=0.005)
        ended_within(asked.pid, random.uniform(0, 4))
        kill(root)
        amended = amendment_in_force(root) is not None
        assert maestro("resume", root).returncode == 0
        assert asked.wait(60) == 0
    let_run(slurm, folder, root, maestro)
    check(slurm, folder, root, before, plan, maestro)
    return amended


@pytest.mark.slow
def test_killed_at_20_random_instants_while_jobs_are_cancelled(
    slurm: SlurmCluster, tmp_path: Path, maestro: Maestro, long_test: None
) -> None:
    found: Counter[bool] = Counter()
    for seed in range(20):
        folder = tmp_path / str(seed)
        folder.mkdir()
        found[killed_meanwhile(slurm, folder, Random(seed), maestro)] += 1  # noqa: S311
        slurm.clear()
    print(f"killed before it was amended: {found[False]}, after it: {found[True]}")
    assert len(found) == 2
