"""The study of the fault matrix: its commands say when they begin and end, outside of the workspace."""

from __future__ import annotations

import json
import random
from pathlib import Path

from faults.trial import Trial
from maestro_conductor.testing import StepPlan, make_workspace


def is_study(root: Path) -> bool:
    """Whether a study's folder is complete."""
    return (root / ".maestro/run.msgpack").exists()


#: How often each command of the study runs, and how its instances end.
RUNS = {"a": 1, "b": 1, "bad": 1, "after_bad": 0, "again": 2, "last": 1}
ENDS = {"bad": "FAILED", "after_bad": "FAILED"}


def command(trial: Trial, sleep: float = 0.05, code: int = 0, before: str = "") -> str:
    """A command of the study."""
    ran = trial.witness
    return (
        f'echo "begin $MAESTRO_TOKEN" >> {ran}; {before or ":"}; sleep {sleep}; '
        f'echo "end $MAESTRO_TOKEN {code}" >> {ran}; exit {code}'
    )


def make_study(trial: Trial, chance: random.Random, *, wild: str | None = None) -> Path:
    """A study with every kind of end, some 15 steps long.

    Args:
        trial: where.
        chance: draws how long its steps last.
        wild: command of a step besides these; None: there is none.
    """
    commands = _commands(trial, chance)
    steps = [
        StepPlan("a", commands["a"]),
        StepPlan("b", commands["b"], needs=["a"]),
        StepPlan("bad", commands["bad"], needs=["a"]),
        StepPlan("after_bad", commands["after_bad"], needs=["bad"]),
        StepPlan("again", commands["again"], failure={"retries": 2, "retry_pause": 0.05}),
        StepPlan("last", commands["last"], needs=["again"], funnels=["b"]),
    ]
    if wild is not None:
        steps.insert(0, StepPlan("wild", [wild]))
    return make_workspace(trial.root, steps, batch={"local_slots": 3})


def write_study(trial: Trial, chance: random.Random) -> Path:
    """The file of such a study, for `maestro run`."""
    commands = _commands(trial, chance)
    waits: dict[str, list[str]] = {
        "b": ["a"],
        "bad": ["a_*"],
        "after_bad": ["bad"],
        "last": ["again", "b_*"],
    }
    steps = []
    for name, (first, *more) in commands.items():
        run: dict[str, object] = {"cmd": f": $(N)\n{first}" if more else first}
        if name in waits:
            run["depends"] = waits[name]
        if name == "again":
            run |= {"retries": 2, "retry pause": 0.05}
        steps.append({"name": name, "description": "one of the study", "run": run})
    study = {
        "description": {"name": "study", "description": "every kind of end"},
        "batch": {"type": "local", "shell": "/bin/sh", "local slots": 3},
        "study": steps,
        "global.parameters": {"N": {"values": [0, 1, 2, 3, 4], "label": "N.%%"}},
    }
    path = trial.folder / "study.yaml"
    path.write_text(json.dumps(study, indent=1))
    return path


def _commands(trial: Trial, chance: random.Random) -> dict[str, list[str]]:
    """The commands of each step, one per instance."""

    def sleep() -> float:
        return round(chance.uniform(0, 0.15), 3)

    first = trial.folder / "first"
    again = (
        f'echo "begin $MAESTRO_TOKEN" >> {trial.witness}; code=0; '
        f"[ -e {first} ] || {{ : > {first}; code=1; }}; "
        f'echo "end $MAESTRO_TOKEN $code" >> {trial.witness}; exit $code'
    )
    return {
        "a": [command(trial, sleep()) for _ in range(5)],
        "b": [command(trial, sleep()) for _ in range(5)],
        "bad": [command(trial, sleep(), 5)],
        "after_bad": [command(trial)],
        "again": [again],
        "last": [command(trial, sleep())],
    }
