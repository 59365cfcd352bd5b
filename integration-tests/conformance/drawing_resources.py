"""Draws batch blocks and the resources of steps."""

from __future__ import annotations

from typing import Any

#: What says nothing, in a batch block: maestrowf never looks at its types.
_NOTHING: tuple[Any, ...] = ("", None, 0, False, [], {})
#: Where maestrowf leaves out what says nothing, or writes it as such.
_MAY_SAY_NOTHING = ("host", "bank", "queue", "reservation", "nodes", "procs", "gpus", "qos")


def draw_batch(drawing: Any) -> dict[str, Any]:
    """Draw a batch block; empty: the study has none."""
    rng = drawing.rng
    kind = rng.choice(["local", "slurm", "slurm", "lsf"])
    drawing.features.add(kind)
    if kind == "local":
        batch = rng.choice([{}, {"type": "local"}, {"type": "local", "shell": "/bin/sh"}])
        return _with_odd_values(drawing, dict(batch)) if batch else {}
    batch = {"type": kind, "host": "cluster", "bank": "science", "queue": "pdebug"}
    if drawing.chance(25, "shells"):
        batch["shell"] = rng.choice(["/bin/sh", "/usr/bin/env bash"])
    if drawing.chance(25, "reservations of the batch block"):
        batch["reservation"] = "maintenance"
    if drawing.chance(25, "gpus of the batch block"):
        batch["gpus"] = 2
    if kind == "slurm":
        if drawing.chance(25, "qos"):
            batch["qos"] = "standby"
        if drawing.chance(35, "procs of the batch block"):
            batch["procs"] = 4
        if drawing.chance(35, "nodes of the batch block"):
            batch["nodes"] = 2
    return _with_odd_values(drawing, batch)


def _with_odd_values(drawing: Any, batch: dict[str, Any]) -> dict[str, Any]:
    """Let some keys say nothing, in one of the ways that YAML has for it."""
    if drawing.chance(40, "odd values of the batch block"):
        for key in drawing.rng.sample(_MAY_SAY_NOTHING, drawing.rng.randint(1, 4)):
            batch[key] = drawing.rng.choice(_NOTHING)
    return batch


def draw_resources(drawing: Any, batch: dict[str, Any]) -> dict[str, Any]:
    """Draw what a step asks of its scheduler."""
    rng = drawing.rng
    kind = batch.get("type", "local")
    if not drawing.chance(60):
        return {}
    drawing.features.add("resources")
    run: dict[str, Any] = {"procs": rng.randint(1, 64)}
    if kind == "lsf" or drawing.chance(60):
        run["nodes"] = rng.randint(1, 4)
    if kind != "local":
        drawing.features.add("scheduled steps")
    run["walltime"] = rng.choice(["00:10:00", "01:00:30", "12:00:00"])
    if kind == "slurm":
        run["walltime"] = rng.choice([run["walltime"], 30, "2-00:00:00"])
    if drawing.chance(15, "gpus"):
        run["gpus"] = rng.randint(1, 4)
    if kind == "slurm":
        if drawing.chance(20, "cores per task"):
            run["cores per task"] = rng.randint(1, 8)
        if drawing.chance(25, "launches without procs"):
            run["nodes"] = run.pop("procs") % 8 + 1
        if drawing.chance(15, "qos"):
            run["qos"] = "expedite"
    if kind != "local":
        if drawing.chance(15, "steps without a walltime"):
            del run["walltime"]
        if drawing.chance(25, "exclusive"):
            run["exclusive"] = rng.choice([True, False, {"allocation": True}])
    if drawing.chance(10, "reservations of a step"):
        run["reservation"] = "friday"
    if kind == "lsf":
        _draw_resource_sets(drawing, run)
    _draw_tokens(drawing, run)
    if drawing.chance(30, "odd values of a step"):
        _draw_odd_values(drawing, kind, run)
    return run


def _draw_odd_values(drawing: Any, kind: str, run: dict[str, Any]) -> None:
    """Values that say nothing or stand at an end of what may be said; maestrowf's lint checks steps."""
    odd: dict[str, tuple[Any, ...]] = {
        "gpus": (0,),
        "exclusive": (False, {}, {"allocation": False}, {"launcher": False}),
        "nested": (True, False),
        "waitable": (True, False),
        "priority": (0, 0.0, 1, "LOW"),
        "depends": ([],),
    }
    if kind != "lsf":  # its adapter stops at a walltime that is a number
        odd["walltime"] = (0,)
    for key in drawing.rng.sample(sorted(odd), drawing.rng.randint(1, 3)):
        run[key] = drawing.rng.choice(odd[key])
    empty = [name for name, column in drawing.columns.items() if column["kind"] == "empty words"]
    if empty and drawing.chance(70, "empty words as resources"):
        run[drawing.rng.choice(["reservation", "qos"])] = f"$({drawing.rng.choice(empty)})"


def _draw_resource_sets(drawing: Any, run: dict[str, Any]) -> None:
    rng = drawing.rng
    if drawing.chance(40, "resource sets"):
        run["rs per node"] = rng.randint(1, 4)
        run["tasks per rs"] = rng.randint(1, 4)
        run["cpus per rs"] = rng.randint(1, 8)
        run["procs"] = run["nodes"] * run["rs per node"] * run["tasks per rs"]
    if drawing.chance(45, "bindings"):
        run["bind"] = rng.choice(["rs", "packed:2"])


def _draw_tokens(drawing: Any, run: dict[str, Any]) -> None:
    # The oracle takes nothing but a word for the name of a resource's token.
    words = {name: column for name, column in drawing.columns.items() if name.isalnum()}
    counts = [
        name
        for name, column in words.items()
        if all(
            isinstance(value, int) and value is not True and value > 0 for value in column["values"]
        )
    ]
    flags = [
        name
        for name, column in words.items()
        if all(isinstance(value, bool) for value in column["values"])
    ]
    if flags and drawing.chance(60, "parameters as flags"):
        run["exclusive"] = f"$({flags[0]})"
    if "procs" not in run:
        return
    if counts and drawing.chance(60, "parameters as resources"):
        run["procs"] = f"$({counts[0]})"
    elif drawing.chance(15, "variables as resources"):
        run["procs"] = "$(ROUNDS)"
