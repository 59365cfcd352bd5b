"""Limits of the system (`ulimit`) that are too small for the study."""

from __future__ import annotations

import functools
import os
import random
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

from faults.counted_study import make_study
from faults.judge import Leave, judge
from faults.trial import Trial

NAME = "limits"
INJECTED = (
    "`ulimit -n` from 6 to 40, `-f` from 0 to 32 kB, `-u` from 1 to 24 with a user of its own, `-v` "
    "up to 60 MB over what the loaded program needs; later TERM"
)

#: Processes that others of this user run do not count.
_FIRST_USER = 200_000
#: May read all that this checkout needs, wherever it lies, and write nothing of others'.
_AS_USER = (
    "setpriv --reuid={0} --regid={0} --clear-groups --inh-caps=-all,+dac_read_search "
    "--ambient-caps=-all,+dac_read_search --bounding-set=-all,+dac_read_search"
)


def attempt(chance: random.Random, folder: Path) -> str | None:
    """Run a conductor with a limit; it is stopped, or ends by itself. Then judge the study."""
    trial = Trial(folder)
    make_study(trial, chance)
    letter = chance.choice("nfuv")
    kind, size = _draw(letter, chance)
    if letter == "u":
        _become(trial, _FIRST_USER + os.getpid())
    started = trial.start(
        "conductor", trial.conductor(), first=lambda: resource.setrlimit(kind, (size, size))
    )
    # What cannot be written is waited for; so it may have to be stopped.
    if not started.within(chance.uniform(0.5, 3)):
        started.send(signal.SIGTERM)
    trial.end(started, {0, 1, 2, 143, -signal.SIGTERM})
    # Its limits are those of the steps as well.
    found = judge(trial, Leave(steps=True))
    return found and f"ulimit -{letter} {size}: {found}"


def _draw(letter: str, chance: random.Random) -> tuple[int, int]:
    if letter == "n":
        return resource.RLIMIT_NOFILE, chance.randint(6, 40)
    if letter == "f":
        return resource.RLIMIT_FSIZE, chance.choice([0, 100, 1000, 5000, chance.randint(1, 32_768)])
    if letter == "u":
        return resource.RLIMIT_NPROC, chance.randint(1, 24)
    return resource.RLIMIT_AS, _loaded() + chance.randint(1, 60) * 2**20


def _become(trial: Trial, user: int) -> None:
    """Have all commands of a try run as a user of their own, who may write nowhere else."""
    for path in [trial.folder, *trial.folder.rglob("*")]:
        os.chown(path, user, user, follow_symlinks=False)
    trial.prefix = _AS_USER.format(user).split()


@functools.cache
def _loaded() -> int:
    """Bytes of address space that a conductor needs before it begins."""
    code = (
        "import maestro_conductor.app.conduct, maestro_adapters.local.adapter, maestro_conductor.app.command\n"
        "print(open('/proc/self/status').read())"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    found = re.search(r"VmPeak:\s+(\d+) kB", told.stdout)
    assert found
    return int(found[1]) * 1024
