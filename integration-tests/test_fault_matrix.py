"""The fault matrix, in its small form; and that it, and its judge, can find something.

The full form is a command of its own: `python integration-tests/faults/matrix.py --full`.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import debian
from faults.counted_study import command, make_study
from faults.judge import Leave, judge
from faults.trial import Trial
from maestro_conductor.testing import StepPlan, make_workspace

pytestmark = pytest.mark.once

HERE = Path(__file__).resolve().parent
CLASSES = {
    "actors",
    "amendments",
    "bit_flips",
    "failing_calls",
    "full_disk",
    "limits",
    "misbehaving_steps",
    "requests",
    "signals",
    "special_files",
}


def matrix(*options: object, here: Path = HERE) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, here / "faults/matrix.py", *map(str, options)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_what_is_promised_holds_in_a_few_tries_of_each_class():
    debian.need("cc", "gcc")
    debian.need("setpriv", "util-linux")
    done = matrix("--tries", 3, "--seed", 1, "--json")
    rows = {row["class"]: row for row in json.loads(done.stdout)}
    assert {word: row["violations"] for word, row in rows.items() if row["violations"]} == {}
    assert done.returncode == 0
    assert rows.keys() >= CLASSES
    assert {(row["tries"], row["held"]) for row in rows.values()} == {(3, 3)}


BROKEN = '''
"""A class whose study forgets what it did."""

from faults.judge import judge
from faults.counted_study import make_study
from faults.trial import Trial

NAME = "forgetful"
INJECTED = "nothing"


def attempt(chance, folder):
    trial = Trial(folder)
    make_study(trial, chance)
    trial.run("conductor", trial.conductor(), {2})
    for path in [trial.root / ".maestro/journal.msgpack", *trial.root.rglob(".attempt.*")]:
        path.unlink()
    return judge(trial)
'''


def test_a_class_is_a_file_and_what_it_finds_is_told(tmp_path):
    shutil.copytree(HERE / "faults", tmp_path / "faults")
    shutil.copy(HERE / "waiting.py", tmp_path)
    (tmp_path / "faults/forgetful.py").write_text(BROKEN)
    done = matrix("--only", "forgetful", "--seed", 7, "--tries", 1, here=tmp_path)
    assert done.returncode == 1
    assert "| forgetful | nothing | 1 | 0 | 1 |" in done.stdout
    assert "forgetful, seed 7: " in done.stdout
    assert "ran 2 times" in done.stdout
    assert "/faults/matrix.py --only forgetful --seed 7 --tries 1\n" in done.stdout


@pytest.mark.parametrize("options", [["--only", "none"], ["--tries", "0"], ["--jobs", "0"]])
def test_options_without_sense_are_refused(options):
    done = matrix(*options)
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.startswith("matrix.py: ")


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    trial = Trial(tmp_path / "try", patience=8)
    yield trial
    trial.kill_all()


def single(trial: Trial, text: str) -> Trial:
    """A study of one step."""
    make_workspace(trial.root, [StepPlan("a", [text])])
    return trial


def test_an_undisturbed_study_holds(trial):
    make_study(trial, random.Random(1))  # noqa: S311
    assert judge(trial) is None


def test_a_step_that_does_not_end_is_a_hang_and_is_left(trial):
    trial.patience = 2
    found = judge(single(trial, command(trial, 100)))
    assert "hang: last conductor did not end in 2 s" in found
    assert "left: a is RUNNING" in found
    assert trial.alive() == {}


def test_a_traceback_is_seen_and_so_is_its_exit_code(trial):
    make_study(trial, random.Random(1))  # noqa: S311
    trial.run("broken", [sys.executable, "-c", "def main(): 1 / 0\nmain()"], {0})
    found = judge(trial)
    assert "exit code: broken gave 1" in found
    assert "traceback: broken: " in found
    assert "ZeroDivisionError" in found


def test_a_step_that_fails_is_seen(trial):
    assert "end: a is FAILED, not FINISHED" in judge(single(trial, command(trial, code=3)))


def test_a_success_that_never_came_to_its_end_is_seen(trial):
    found = judge(
        single(trial, f'echo "begin $MAESTRO_TOKEN" >> {trial.witness}'), Leave(steps=True)
    )
    assert "is FINISHED, and never came to its end" in found


def test_a_success_that_never_ran_is_seen(trial):
    found = judge(single(trial, "true"), Leave(steps=True))
    assert found == "end: attempt 1 of a is FINISHED, and never ran"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("echo more >> {outside}/file", "outside: a file outside of the workspace was changed"),
        ("rm {outside}/file", "outside: a folder outside of the workspace holds ['folder']"),
        ("touch $HOME/left", "outside: left in the home folder or $TMPDIR: ['left']"),
    ],
)
def test_what_changes_outside_is_seen(trial, change, told):
    text = command(trial, before=change.format(outside=trial.outside))
    assert told in judge(single(trial, text), Leave(steps=True))


def test_a_process_that_lives_on_is_seen_and_ended(trial):
    text = command(trial, before="setsid sleep 100 >&- 2>&- <&- &").replace("&; ", "& ")
    found = judge(single(trial, text), Leave(steps=True))
    assert found == "processes: these live on: ['sleep 100']"
    assert trial.alive() == {}


def test_a_journal_that_does_not_know_what_ran_is_seen(trial):
    single(trial, command(trial))
    token = "m" + "0" * 12 + ".0.1"
    run = {"study_id": token[1:13]}
    make_workspace(trial.root, [StepPlan("a", [command(trial)])], run=run)
    with trial.witness.open("a") as file:
        file.write(f"begin {token.removesuffix('1')}2\n")
    assert "it does not know attempt" in judge(trial, Leave(steps=True))


def test_memory_without_bounds_is_seen(trial):
    make_study(trial, random.Random(1))  # noqa: S311
    trial.run("greedy", [sys.executable, "-c", "x = b'x' * 300_000_000"], {0})
    assert "memory: greedy took" in judge(trial)
