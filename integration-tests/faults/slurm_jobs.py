"""What a real Slurm knows of the jobs of a study."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import compress
from pathlib import Path

from maestro_conductor.journal import read_state
from maestro_conductor.workspace.attempt_file import read_attempt
from waiting import wait_until

BATCH = {"type": "slurm", "host": "here", "bank": "proj_a", "queue": "debug", "shell": "/bin/bash"}
JOB = {"nodes": 1, "procs": 1, "walltime": "5"}


def received(tokens: Collection[str]) -> set[str]:
    """Those of some tokens that Slurm has a job for, or had a moment ago."""
    told = _told("squeue", "-h", "-t", "all", "-o", "%k")
    return {word for line in told.splitlines() for word in line.split()} & set(tokens)


def submitted_twice(roots: Iterable[Path]) -> dict[str, int]:
    """Attempts of these studies that several jobs were submitted for, by their tokens."""
    ran: set[str] = set()
    own: set[str] = set()
    for root in roots:
        graph, state = read_state(root)
        for i in compress(range(len(graph.workspaces)), graph.scheduled):
            for attempt in range(1, state.attempt[i] + 1):
                token = state.token(i, attempt)
                own.add(token)
                if read_attempt(root / graph.workspaces[i], attempt).fate in ("started", "ended"):
                    ran.add(token)
    assert ran
    wait_until(lambda: ran <= _jobs().keys())  # Slurm's accounts are a moment late
    return {token: count for token, count in _jobs().items() if token in own and count > 1}


def _jobs() -> Counter[str]:
    """How many jobs there were for each token."""
    told = _told("sacct", "-X", "-P", "-n", "-D", "-o", "JobID,Comment%200", "-S", "now-2hours")
    return Counter(line.split()[-1] for line in told.splitlines())


def _told(*argv: str) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout
