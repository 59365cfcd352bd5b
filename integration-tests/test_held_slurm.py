"""Parts of studies on a real Slurm: held, released, skipped, cancelled.

Would catch a job that is submitted after its hold was acknowledged, also by a conductor that comes after one
that was killed; one that runs twice, or is left in the queue; and a skip that nothing goes on after. The full
form (`slow`) kills conductors at random instants.
"""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from conftest import Maestro
from local_studies import status, steps, write
from maestro_conductor.journal import read_state
from maestro_conductor.workspace.conductor_lock import holder
from maestro_conductor.workspace.sharing import make_requests_folder
from slurm_cluster import SlurmCluster
from waiting import wait_until

pytestmark = pytest.mark.slurm


#: Jobs, few at a time; and steps of this machine, which show that a conductor is at work.
MANY = """\
description: {name: many, description: jobs that are held}
batch: {type: slurm, host: here, bank: proj_a, queue: debug}
study:
  - name: work
    description: a job
    run: {procs: 1, walltime: "5", cmd: "echo $(N) >> $(OUTPUT_PATH)/ran"}
  - name: first
    description: goes on whatever is held
    run: {cmd: "true"}
  - name: second
    description: the same
    run: {cmd: "sleep 1", depends: [first]}
  - name: third
    description: the same, when somebody says so
    run: {cmd: "until [ -e $(OUTPUT_PATH)/go ]; do sleep 0.1; done", depends: [second]}
global.parameters:
  N: {values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], label: N.%%}
"""


def tokens(slurm: SlurmCluster, root: Path) -> Counter[str]:
    """How many jobs Slurm was given for each attempt of a study."""
    told = slurm.run("squeue", "-h", "-t", "all", "-o", "%k")
    own = f"m{read_state(root)[1].study_id}."
    return Counter(
        word for line in told.splitlines() for word in line.split() if word.startswith(own)
    )


def kill(root: Path) -> None:
    alive = holder(root)
    assert alive is not None
    os.kill(alive.pid, signal.SIGKILL)
    wait_until(lambda: holder(root) is None)


def ask(root: Path, name: str, **content: object) -> Path:
    """Make a request; gives where its answer will be."""
    folder = root / ".maestro/requests"
    make_requests_folder(folder)
    (folder / f".{name}.tmp").write_text(json.dumps(content))
    (folder / f".{name}.tmp").rename(folder / f"{name}.json")
    return root / ".maestro/answers" / f"{name}.json"


def hold_in_the_middle(
    slurm: SlurmCluster, root: Path, maestro: Maestro, random: Random
) -> tuple[int, int]:
    """Hold jobs while they are being submitted, and kill the conductor then, and perhaps before.

    Gives how many were submitted before the hold, and how many conductors were killed.
    """
    write(root.parent / "many.yaml", MANY)
    words = ["run", "-y", "-s", "0.2", "--throttle", "3", "-o", root, root.parent / "many.yaml"]
    assert maestro(*words).returncode == 0
    some = random.randint(1, 6)
    wait_until(lambda: len(tokens(slurm, root)) >= some, "some jobs", interval=random.random() / 9)
    answer = ask(root, "hold", request="hold", steps=["work"])
    kills = 1
    if random.random() < 0.5:
        wait_until(lambda: not (root / ".maestro/requests/hold.json").exists(), interval=0.001)
        kill(root)
        assert maestro("resume", root).returncode == 0
        kills += 1
    wait_until(answer.exists, "the answer", interval=0.001)
    submitted = tokens(slurm, root)
    kill(root)
    assert maestro("resume", root).returncode == 0
    wait_until(lambda: steps(maestro, root)["third"]["state"] == "RUNNING")
    waits = [step for step in steps(maestro, root).values() if step["held"]]
    wait_until(lambda: status(maestro, root)["counts"].get("RUNNING") == 1)
    (root / "go").touch()
    wait_until(lambda: steps(maestro, root)["third"]["state"] == "FINISHED")
    assert json.loads(answer.read_text())["accepted"]
    assert tokens(slurm, root) == submitted
    # It lives, and waits for the rest to be released.
    found = status(maestro, root)
    assert (found["state"], found["held"]) == ("RUNNING", len(waits))
    assert len(waits) + len(submitted) >= 12
    assert maestro("release", root).returncode == 0
    wait_until(lambda: holder(root) is None)
    assert status(maestro, root)["state"] == "FINISHED"
    assert Counter((root / "ran").read_text().split()) == {str(n): 1 for n in range(1, 13)}
    assert set(tokens(slurm, root).values()) == {1}
    return len(submitted), kills


def test_nothing_is_submitted_once_a_hold_is_acknowledged(
    slurm: SlurmCluster, tmp_path: Path, maestro: Maestro
) -> None:
    submitted, _ = hold_in_the_middle(slurm, tmp_path / "OUT", maestro, Random(2))  # noqa: S311
    assert 0 < submitted < 12


@pytest.mark.slow
def test_the_same_at_30_random_instants(
    slurm: SlurmCluster, tmp_path: Path, maestro: Maestro, long_test: None
) -> None:
    found: Counter[int] = Counter()
    total = 0
    for seed in range(30):
        folder = tmp_path / str(seed)
        folder.mkdir()
        submitted, kills = hold_in_the_middle(
            slurm,
            folder / "OUT",
            maestro,
            Random(seed),  # noqa: S311
        )
        found[submitted] += 1
        total += kills
    print(f"{total} conductors killed; submitted before the hold: {dict(found)}")
    assert len(found) > 2


PARTS = """\
description: {name: parts, description: jobs whose fates differ}
batch: {type: slurm, host: here, bank: proj_a, queue: debug}
study:
  - name: work
    description: a job
    run: {procs: 1, walltime: "5", cmd: "echo work.$(N) >> $(OUTPUT_PATH)/ran; until [ -e $(OUTPUT_PATH)/go ]; do sleep 0.2; done"}
  - name: post
    description: after it
    run: {procs: 1, walltime: "5", cmd: "echo post.$(N) >> $(OUTPUT_PATH)/ran", depends: [work]}
global.parameters:
  N: {values: [1, 2, 3], label: N.%%}
"""


def test_parts_are_skipped_and_cancelled_and_the_rest_goes_on(
    slurm: SlurmCluster, tmp_path: Path, maestro: Maestro
) -> None:
    root = tmp_path / "OUT"
    write(tmp_path / "parts.yaml", PARTS)

    def states() -> dict[str, object]:
        return {name: step["state"] for name, step in steps(maestro, root).items()}

    def ran() -> Counter[str]:
        return Counter((root / "ran").read_text().split())

    assert maestro("run", "-n", "-s", "0.5", "-o", root, tmp_path / "parts.yaml").returncode == 0
    assert maestro("hold", root, "work_N.3").returncode == 0
    assert maestro("resume", root).returncode == 0
    wait_until(lambda: list(states().values()).count("RUNNING") == 2)
    jobs = {name: step["job"] for name, step in steps(maestro, root).items()}
    assert jobs["work_N.3"] is None

    # What comes after a step that is skipped runs, though that one never did.
    assert maestro("skip", root, "work_N.3").returncode == 0
    wait_until(lambda: states()["post_N.3"] == "FINISHED")
    assert states()["work_N.3"] == "SKIPPED"
    told = maestro("skip", root, "work_N.2")
    assert "work_N.2 is RUNNING: cancel what is in flight first" in told.stderr
    assert maestro("cancel", "-y", root, "--step", "work_N.2").returncode == 0
    slurm.until(lambda: jobs["work_N.2"] not in slurm.run("squeue", "-h", "-o", "%i").split(), "")
    assert jobs["work_N.1"] in slurm.run("squeue", "-h", "-t", "running", "-o", "%i").split()
    wait_until(lambda: states()["work_N.2"] == states()["post_N.2"] == "CANCELLED")
    assert maestro("skip", root, "work_N.2").returncode == 0
    (root / "go").touch()
    wait_until(lambda: holder(root) is None)
    assert states() == {
        "work_N.1": "FINISHED",
        "work_N.2": "SKIPPED",
        "work_N.3": "SKIPPED",
        "post_N.1": "FINISHED",
        "post_N.2": "CANCELLED",
        "post_N.3": "FINISHED",
    }
    assert maestro("resume", "-fg", root).returncode == 0
    assert states()["post_N.2"] == "FINISHED"
    assert ran() == dict.fromkeys(["work.1", "work.2", "post.1", "post.2", "post.3"], 1)
    assert set(tokens(slurm, root).values()) == {1}
