"""A flipped bit in a file of a workspace is refused by name, or changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from faults import bit_flips
from faults.crash_tools import COUNT, conductor, ends, run_to_the_end, runs
from maestro_conductor.testing import StepPlan, make_workspace

PROGRAM = Path(bit_flips.__file__)

pytestmark = pytest.mark.once


@pytest.mark.parametrize("tries", [40, pytest.param(2000, marks=pytest.mark.slow)])
def test_no_flipped_bit_is_acted_on(tries, long_test):
    command = [sys.executable, str(PROGRAM), "--tries", str(tries), "--seed", "20261129"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=3000)
    assert json.loads(done.stdout) == {
        "class": "bit flips",
        "tries": tries,
        "held": tries,
        "violations": [],
    }
    assert done.returncode == 0


@pytest.mark.parametrize("before", [0, 1])
def test_a_bit_that_flips_while_the_study_runs(tmp_path, before):
    """The first step does it, in the command of a later one, which is read again for its script."""
    root = tmp_path / "w"
    graph = root / ".maestro/graph.msgpack"
    program = (
        "import sys; path = sys.argv[1]; at = open(path, 'rb').read().index(b'mark' + b'ed'); "
        "file = open(path, 'r+b'); file.seek(at); file.write(b'l'); file.close()"
    )
    damage = f'{COUNT}{sys.executable} -c "{program}" {graph}'
    later = [COUNT] * before + [f"{COUNT}: marked"]
    make_workspace(root, [StepPlan("a", [damage]), StepPlan("b", later, needs=["a"])])
    whole = graph.read_bytes()
    done = subprocess.run(conductor(root), capture_output=True, text=True, check=False)
    assert done.returncode == 2  # met where its script is written: the instance is refused
    told = done.stderr + (root / "logs/study.log").read_text()
    name = "b" if not before else f"b_N.{before}"
    assert f"{graph} is damaged: the checksum of instance {before + 1} ({name}) is wrong" in told
    # Another conductor refuses it at its start; with a copy of the file, the study goes on.
    done = subprocess.run(conductor(root), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"{graph} is damaged: the checksum of instance {before + 1} is wrong" in done.stderr
    graph.write_bytes(whole)
    assert ends(root)[name] != "FINISHED"
    (root / ".maestro/requests").mkdir(exist_ok=True)
    (root / ".maestro/requests/again.json").write_text('{"request": "resume", "steps": null}')
    assert run_to_the_end(root) == 0
    assert set(runs(root).values()) == {1}


def said(code, out="", err=""):
    return bit_flips.Said(code, out, err)


#: What a command said and what was to be seen then, and what is wrong with it. Without the flip it
#: said `5 steps` with 0, and a step had run once, as before.
JUDGED = {
    "the same": (said(0, "5 steps"), 1, None),
    "refused": (said(1, err="maestro: /w/graph.msgpack is damaged"), 1, None),
    "refused without a name": (said(1, err="maestro: something is damaged"), 1, "not 0"),
    "refused, and run again": (said(1, err="graph.msgpack is damaged"), 2, "did something"),
    "run again": (said(0, "5 steps"), 2, "2, not 1"),
    "something else": (said(0, "4 steps"), 1, "4 steps"),
    "another end": (said(2, "5 steps"), 1, "not 0"),
    "a traceback": (said(1, err="Traceback: graph.msgpack"), 1, "Traceback"),
    "a mistake of ours": (said(70, err="graph.msgpack"), 1, "graph.msgpack"),
    "a hang": (said(-9), 1, "hangs"),
}


@pytest.mark.parametrize("kind", JUDGED)
def test_what_counts_as_a_violation(kind):
    now, runs, wrong = JUDGED[kind]
    usual = {"status": said(0, "5 steps")}, {"status": 1}
    found = list(bit_flips.judge("graph.msgpack", usual, ({"status": now}, {"status": runs}), 1))
    if wrong is None:
        assert found == []
    else:
        assert len(found) == 1
        assert wrong in found[0]
