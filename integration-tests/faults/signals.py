"""Signals at random instants: to the conductor, its keeper, a step, or the `maestro` command."""

from __future__ import annotations

import contextlib
import os
import random
import signal
from pathlib import Path

from faults.counted_study import make_study
from faults.judge import Leave, is_early, judge
from faults.trial import Started, Trial
from faults.victims import scripts, watchers
from maestro_conductor.workspace.conductor_lock import holder

NAME = "signals"
INJECTED = (
    "one to three of TERM, INT, HUP, KILL, STOP with CONT, at random instants, to the conductor, "
    "its keeper, a step or `maestro resume`, in the foreground and in the background"
)

_SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL, signal.SIGSTOP]
#: What a process of ours ends with: the study's end, a signal that was taken, one that nobody can take.
#: A `maestro` that has not yet come to its own handlers ends by the signal itself.
_CODES = {0, 2, 130, 143, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}


def attempt(chance: random.Random, folder: Path) -> str | None:
    """Start a study, send signals while it runs, and judge it."""
    trial = Trial(folder)
    make_study(trial, chance)
    words = chance.choice(
        [
            trial.conductor(),
            trial.conductor("--local-steps", chance.choice(["leave", "finish", "stop"])),
            trial.maestro("resume", "-fg", trial.root),
            trial.maestro("resume", trial.root),
        ]
    )
    started = trial.start("target", words)
    steps = lost = False
    for _ in range(chance.randint(1, 3)):
        if started.within(chance.uniform(0, 0.8)):
            break
        number = chance.choice(_SIGNALS)
        who = chance.choice(["conductor", "keeper", "step"])
        steps |= who == "step" or "stop" in words
        lost |= who == "keeper" and number == signal.SIGKILL
        victims = _victims(trial, started, who)
        for pid in victims:
            _send(pid, number)
        if number == signal.SIGSTOP:
            started.within(chance.uniform(0, 0.3))
            for pid in victims:
                _send(pid, signal.SIGCONT)
    started.within(trial.patience)
    early = is_early(started.said.read_text(errors="replace"))
    trial.end(started, _CODES | {1} if early else _CODES)
    return judge(trial, Leave(lost=lost, steps=steps))


def _victims(trial: Trial, started: Started, who: str) -> list[int]:
    if who == "conductor":
        background = None if started.alive else holder(trial.root)
        return [background.pid if background and background.pid else started.pid]
    if who == "keeper":
        return watchers(trial.root)
    return scripts(trial.root)[:1]


def _send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
