"""Several actors at once, which know nothing of each other."""

from __future__ import annotations

import random
import signal
from pathlib import Path

from faults.counted_study import is_study, make_study, write_study
from faults.judge import Leave, judge
from faults.trial import Started, Trial

NAME = "actors"
INJECTED = (
    "two to six of: a conductor, `maestro run`, `run -fg`, `resume`, `resume -fg`, `cancel`, "
    "`update`, `status`, `status --watch`, `why`, `logs`, at once or up to 0.6 s apart"
)


def attempt(chance: random.Random, folder: Path) -> str | None:
    """Let them loose; then resume what was cancelled, and judge the study."""
    trial = Trial(folder)
    running: list[Started] = []
    root = trial.root
    commands = {
        "conductor": trial.conductor(),
        "resume": trial.maestro("resume", root),
        "resume -fg": trial.maestro("resume", "-fg", root),
        "cancel": trial.maestro("cancel", "-y", root),
        "update": trial.maestro("update", "--throttle", chance.randint(0, 3), root),
        "status": trial.maestro("status", "--json", root),
        "watch": trial.maestro("status", "--watch", "--interval", "0.1", root),
        "why": trial.maestro("why", root, "last"),
        "logs": trial.maestro("logs", root),
    }
    if chance.random() < 0.5:
        study = write_study(trial, chance)
        commands["run"] = trial.maestro("run", "-y", "-o", root, study)
        commands["run -fg"] = trial.maestro("run", "-fg", "-y", "-o", root, study)
        running.append(trial.start("run", commands["run"]))
    else:
        make_study(trial, chance)
    together = chance.random() < 0.5
    names = chance.choices(list(commands), k=chance.randint(2, 6))
    for name in names:
        running.append(trial.start(name, commands[name], terminal=name == "watch"))
        if not together:
            running[-1].within(chance.uniform(0, 0.6))
    for started in running:
        if started.name != "watch":
            trial.end(started, {0, 1, 2, 3})
    trial.settle()
    for started in running:
        if started.name == "watch":  # until the study ends, or Ctrl-C
            if not started.within(2):
                started.send(signal.SIGINT)
            trial.end(started, {0, 1, 2, 3, 130})
    if not is_study(root):
        trial.run("another run", commands["run -fg"], {2})
    trial.resume()
    found = judge(trial, Leave(asked=True))
    return found and f"{', '.join(names)} {'at once' if together else 'one after another'}: {found}"
