"""A program in another language, written from the format page alone, beside ours: `stranger/study.mjs`.

Would catch a file that is not as the page says, and a page that does not say what is needed.
"""

from __future__ import annotations

import csv
import getpass
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import debian
from conftest import Maestro
from faults.crash_tools import conductor
from local_studies import FAILING, HELLO
from maestro_conductor.workspace.conductor_lock import holder
from slurm_cluster import SlurmCluster
from waiting import wait_until

pytestmark = pytest.mark.once

PROGRAM = Path(__file__).parent / "stranger/study.mjs"

#: Two slots, and steps that wait until they may end.
WAITING = """\
description: {name: waiting, description: steps that wait until they may end}
batch: {type: local, local_slots: 2}
study:
  - name: first
    description: waits
    run: {cmd: "echo $(N); until [ -e $(SPECROOT)/go ]; do sleep 0.05; done"}
  - name: after
    description: after it
    run: {cmd: "echo done", depends: [first]}
global.parameters:
  N: {values: [1, 2], label: N.%%}
"""

Stranger = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def stranger() -> Stranger:
    """The program, which is given words and its standard input."""
    debian.need("node", "nodejs")

    def run(*words: object, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["node", PROGRAM, *map(str, words)],
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def live(tmp_path: Path, maestro: Maestro) -> Iterator[Path]:
    """A study that runs, until a file `go` appears."""
    (tmp_path / "study.yaml").write_text(WAITING, encoding="utf-8")
    assert maestro("run", "-y", "-o", "OUT", "study.yaml").returncode == 0
    root = tmp_path / "OUT"
    wait_until(lambda: len(list(root.glob("first/*/*.out"))) == 2)
    yield root
    (tmp_path / "go").touch()
    maestro("cancel", "-y", root)
    wait_until(lambda: not holder(root))


def read(stranger: Stranger, root: Path) -> dict[str, Any]:
    done = stranger("read", root)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def ask(stranger: Stranger, root: Path, **request: object) -> dict[str, Any]:
    """Make a request, and return its answer."""
    done = stranger("ask", root, json.dumps(request))
    assert done.returncode in (0, 1), (done.returncode, done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout)
    assert answer["accepted"] == (done.returncode == 0)
    return answer


@pytest.mark.parametrize("text", [HELLO, FAILING], ids=["finished", "failed"])
def test_it_reads_what_we_read(
    tmp_path: Path, maestro: Maestro, stranger: Stranger, text: str
) -> None:
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    maestro("run", "-fg", "-y", "-o", "OUT", "study.yaml")
    ours = json.loads(maestro("status", "--json", "OUT").stdout)
    theirs = read(stranger, tmp_path / "OUT")
    assert (theirs["name"], theirs["outcome"]) == (ours["study"], ours["state"])
    assert theirs["closed"] == "ended"
    for name in ("throttle", "rlimit", "attempts", "sleep"):
        assert theirs["settings"][name] == ours["settings"][name]
    for name in ("name", "step", "state", "workspace", "parameters"):
        assert [one[name] for one in theirs["instances"]] == [one[name] for one in ours["steps"]]
    with (tmp_path / "OUT/status.csv").open(newline="") as file:
        assert theirs["table"] == list(csv.DictReader(file))
    *_, last = theirs["instances"]
    before = [one["name"] for one in theirs["instances"] if one["step"] != last["step"]]
    assert last["needs"] == (before if text is HELLO else before[-1:])


GOLDEN = Path(__file__).parent.parent / "docs/workspace-format/golden"


@pytest.mark.parametrize("name", [path.parent.name for path in GOLDEN.glob("*/.maestro")])
def test_it_reads_what_is_kept(
    tmp_path: Path, maestro: Maestro, stranger: Stranger, name: str
) -> None:
    """Golden workspaces, of version 1.0 and compacted ones among them."""
    root = tmp_path / name
    shutil.copytree(GOLDEN / name, root)
    ours = json.loads(maestro("status", "--json", root).stdout)
    theirs = read(stranger, root)["instances"]
    assert len(theirs) == ours["instances"]
    for field in ("name", "step", "state", "workspace", "parameters"):
        # The journal does not tell QUEUED from INITIALIZED: who shows it looks at the edges.
        expected = [
            one[field].replace("QUEUED", "INITIALIZED") if field == "state" else one[field]
            for one in ours["steps"]
        ]
        assert [one[field] for one in theirs] == expected


@pytest.mark.parametrize("name", ["graph", "journal"])
def test_it_refuses_a_flipped_bit(
    tmp_path: Path, maestro: Maestro, stranger: Stranger, name: str
) -> None:
    (tmp_path / "study.yaml").write_text(HELLO, encoding="utf-8")
    maestro("run", "-fg", "-y", "-o", "OUT", "study.yaml")
    path = tmp_path / f"OUT/.maestro/{name}.msgpack"
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.write_bytes(content)
    done = stranger("read", tmp_path / "OUT")
    assert done.returncode == 70
    assert "is damaged" in done.stderr


def test_it_follows_a_study_that_runs(live: Path, stranger: Stranger) -> None:
    with subprocess.Popen(
        ["node", PROGRAM, "follow", live], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        begun = {process.stdout.readline() for _ in range(2)}
        assert begun == {"first_N.1 RUNNING\n", "first_N.2 RUNNING\n"}
        (live.parent / "go").touch()
        *rest, last = process.stdout
        assert process.wait(30) == 0
    assert {"first_N.1 FINISHED\n", "after_N.1 FINISHED\n", "after_N.2 FINISHED\n"} <= set(rest)
    assert rest.index("first_N.1 FINISHED\n") < rest.index("after_N.1 FINISHED\n")
    assert last == "END FINISHED\n"


def states(stranger: Stranger, root: Path) -> dict[str, tuple[str, bool]]:
    """The state of each instance, and whether it is held."""
    found = read(stranger, root)["instances"]
    return {one["name"]: (one["state"], one["held"]) for one in found}


def test_it_holds_and_releases(live: Path, maestro: Maestro, stranger: Stranger) -> None:
    answer = ask(stranger, live, request="hold", steps=["after"], where=["N=2"])
    assert (answer["accepted"], answer["instances"]) == (True, 1)
    assert answer["by"] == getpass.getuser()
    (live.parent / "go").touch()
    wait_until(lambda: states(stranger, live)["after_N.1"][0] == "FINISHED")
    assert states(stranger, live)["after_N.2"] == ("INITIALIZED", True)
    assert not (live / "after/N.2/.attempt.1").exists()
    assert ask(stranger, live, request="release", steps=None)["instances"] == 1
    wait_until(lambda: not holder(live))
    assert read(stranger, live)["outcome"] == "FINISHED"
    told = maestro("status", "--history", live).stdout
    assert "hold" in told
    assert "release" in told


def test_it_updates_and_cancels(live: Path, maestro: Maestro, stranger: Stranger) -> None:
    assert ask(stranger, live, request="update", throttle=3, sleep=7)["accepted"]
    ours = json.loads(maestro("status", "--json", live).stdout)["settings"]
    assert (ours["throttle"], ours["sleep"]) == (3, 7)
    assert read(stranger, live)["settings"]["throttle"] == 3
    assert ask(stranger, live, request="cancel", steps=["first"], where=["N=1"])["accepted"]
    wait_until(lambda: states(stranger, live)["after_N.1"][0] == "CANCELLED")
    assert states(stranger, live)["first_N.2"][0] == "RUNNING"
    assert ask(stranger, live, request="cancel", steps=None)["accepted"]
    wait_until(lambda: not holder(live))
    assert read(stranger, live)["outcome"] == "CANCELLED"


@pytest.mark.parametrize(
    "request_map",
    [
        {"request": "hold", "steps": ["nowhere"]},
        {"request": "hold", "steps": None, "where": ["X=1"]},
        {"request": "skip", "steps": ["first"]},
        {"request": "dance", "steps": None},
        {"request": "update", "throttle": "many"},
    ],
    ids=lambda request: f"{request['request']}-{len(str(request))}",
)
def test_a_refusal_says_why(
    live: Path, maestro: Maestro, stranger: Stranger, request_map: dict[str, object]
) -> None:
    answer = ask(stranger, live, **request_map)
    assert not answer["accepted"]
    assert answer["instances"] == 0
    assert len(answer["message"]) > 10
    assert answer["message"] in "".join(maestro("status", live).stdout.split("\n")).replace(
        "  ", ""
    )
    assert {state for state, _ in states(stranger, live).values()} == {"RUNNING", "INITIALIZED"}


PLAN = {
    "name": "theirs",
    "steps": [
        {"name": "a", "command": "echo here > made"},
        {"name": "b", "command": "cat ../a/made > got", "needs": ["a"]},
        {"name": "c", "command": "exit 3", "needs": ["b"]},
        {"name": "d", "command": "touch wrong", "needs": ["c", "a"]},
    ],
}


def check_theirs(root: Path, maestro: Maestro, stranger: Stranger) -> None:
    """That their study, run by ours, came to its end."""
    found = json.loads(maestro("status", "--json", root).stdout)
    states = {step["name"]: step["state"] for step in found["steps"]}
    assert states == {"a": "FINISHED", "b": "FINISHED", "c": "FAILED", "d": "FAILED"}
    assert (root / "b/got").read_text() == "here\n"
    assert not (root / "d/wrong").exists()
    theirs = read(stranger, root)
    assert {step["name"]: step["state"] for step in theirs["instances"]} == states
    assert theirs["outcome"] == "FAILED"


def test_a_study_of_its_own_is_run(tmp_path: Path, maestro: Maestro, stranger: Stranger) -> None:
    root = tmp_path / "THEIRS"
    plan = json.dumps({**PLAN, "type": "local", "slots": 2})
    assert stranger("make", root, typed=plan).returncode == 0
    done = subprocess.run(conductor(root), capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    check_theirs(root, maestro, stranger)


@pytest.mark.slurm
def test_a_study_of_its_own_is_run_by_slurm(
    tmp_path: Path, maestro: Maestro, stranger: Stranger, slurm: SlurmCluster
) -> None:
    root = tmp_path / "THEIRS"
    steps = [{**step, "procs": 1} for step in PLAN["steps"]]
    plan = json.dumps({**PLAN, "steps": steps, "type": "slurm"})
    assert stranger("make", root, typed=plan).returncode == 0
    done = subprocess.run(conductor(root), capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert (root / "a/a.slurm.sh").exists()
    check_theirs(root, maestro, stranger)
