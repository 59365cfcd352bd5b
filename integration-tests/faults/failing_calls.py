"""Calls that fail: the n-th of a kind on the workspace's files, in the conductor or its keeper.

A library that is loaded before all others (`failing_calls.c`) makes them fail.
"""

from __future__ import annotations

import errno
import random
import subprocess
from pathlib import Path

from faults.counted_study import is_study, make_study, write_study
from faults.judge import Leave, judge
from faults.trial import Trial

NAME = "failing calls"
INJECTED = (
    "the n-th `open`, `read`, `write`, `rename`, `mkdir`, `fsync`, or of all of these, `unlink` and "
    "`ftruncate`, on a file of the study, in the conductor, its keeper, `maestro run` or `resume`, and "
    "up to 29 after it (4 in the keeper), fail with "
    "EIO, ENOSPC, EDQUOT, EMFILE, ENFILE or ESTALE"
)

_SOURCE = Path(__file__).with_suffix(".c")
#: About how often each call is made in an undisturbed run, by the program that makes it.
_CALLS = {
    "conductor": {"open": 40, "read": 8, "write": 44, "rename": 6, "mkdir": 23, "any": 120},
    "keeper": {"open": 84, "read": 14, "write": 42, "rename": 28, "any": 160},
    "maestro resume": {"open": 56, "read": 28, "write": 50, "rename": 6, "mkdir": 23, "any": 160},
    "maestro run": {"open": 80, "read": 60, "write": 80, "fsync": 6, "rename": 12, "any": 200},
}
_ERRORS = ["EIO", "ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "ESTALE"]


def attempt(chance: random.Random, folder: Path) -> str | None:
    """Run a study with calls that fail; then judge it."""
    who = chance.choice(list(_CALLS))
    call = chance.choice(list(_CALLS[who]))
    first = chance.randint(1, _CALLS[who][call])
    error = getattr(errno, chance.choice(_ERRORS))
    # A start that the keeper refused is tried again after 5 s, where there is only one left.
    length = chance.choice([1, 1, 2, 5] if who == "keeper" else [1, 1, 2, 5, 30])
    library = build(folder)
    while True:
        place = folder / str(first)
        trial = Trial(place, root=place / "studies/w")
        trial.root.parent.mkdir()
        told = trial.folder / "failed"
        words = trial.conductor()
        if who == "maestro run":
            study = write_study(trial, chance)
            words = trial.maestro("run", "-fg", "-y", "-o", trial.root, study)
        else:
            make_study(trial, chance)
        if who == "maestro resume":
            words = trial.maestro("resume", "-fg", trial.root)
        environment = {
            "LD_PRELOAD": str(library),
            "FAIL_UNDER": f"{trial.root.parent}/",
            "FAIL_WHO": who.split()[0],
            "FAIL_CALL": call,
            "FAIL_FIRST": str(first),
            "FAIL_COUNT": str(length),
            "FAIL_ERRNO": str(error),
            "FAIL_TOLD": str(told),
        }
        started = trial.start("target", words, environment=environment)
        code = trial.end(started, {1, 2})
        if not is_study(trial.root):
            trial.run("another run", words, {2})
        found = judge(trial, Leave(begins=who == "keeper"))
        if found or told.exists() or first == 1:
            break
        first //= 2  # so many calls were not made this time
    if found is None and not told.exists():
        return "the try itself failed: no call was made to fail"
    what = f"call {first} of {call} in {who}, {length} times {errno.errorcode[error]}, exit {code}"
    return found and f"{what}: {found}"


def build(folder: Path) -> Path:
    """Build the library."""
    built = folder / "failing_calls.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-o", built, _SOURCE, "-ldl"]
    subprocess.run(command, check=True)
    return built
