"""Make workspaces as the format page describes them, without any other package."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
import msgpack

from maestro_conductor.workspace.checksums import seal

__all__ = ["StepPlan", "make_amendment", "make_workspace"]

_PACKER = msgpack.Packer(unicode_errors="surrogateescape")

_HEAD: dict[str, object] = {
    "version": [1, 1],
    "requires": [],
    "writer": "maestro_conductor.testing",
}

_RESOURCES = [
    "nodes",
    "procs",
    "gpus",
    "cores_per_task",
    "tasks_per_rs",
    "rs_per_node",
    "cpus_per_rs",
    "bind",
    "bind_gpus",
    "walltime",
    "reservation",
    "exclusive_allocation",
    "exclusive_launcher",
    "nested",
    "waitable",
    "priority",
    "qos",
    "requeue",
    "enforce_walltime",
]


@attrs.frozen
class StepPlan:
    """A step of a workspace that is to be made.

    Attributes:
        name: of the step.
        commands: one per instance; a single one has no combination.
        needs: steps that it waits for, instance by instance where the counts are equal.
        funnels: steps all of whose instances it waits for.
        restart: restart command of every instance.
        resources: over the defaults; with nodes or procs it is scheduled.
        failure: over the defaults.
        groups: write funnels as group edges; otherwise as one edge per instance.
        rows: of several instances the number in each one's name; None: 0, 1 …
        results: over the defaults of ``Result``; ``{N}`` in a file is the instance's number.
    """

    name: str
    commands: Sequence[str] = ("true",)
    needs: Sequence[str] = ()
    funnels: Sequence[str] = ()
    restart: str | None = None
    resources: Mapping[str, object] = attrs.Factory(dict)
    failure: Mapping[str, object] = attrs.Factory(dict)
    groups: bool = True
    rows: Sequence[int] | None = None
    results: Sequence[Mapping[str, object]] = ()


def make_workspace(
    root: Path,
    steps: Sequence[StepPlan],
    *,
    name: str = "study",
    batch: Mapping[str, object] | None = None,
    run: Mapping[str, object] | None = None,
    named_by_token: bool = False,
) -> Path:
    """Write ``graph.msgpack`` and ``run.msgpack`` of a study; return ``root``.

    Args:
        root: folder of the workspace; made if need be.
        steps: in topological order.
        name: of the study.
        batch: over the defaults.
        run: over the defaults of ``run.msgpack``; its ``study_id`` is one that no other study has,
            as local steps are found by it.
        named_by_token: texts name the folder by ``$(OUTPUT_PATH)``; else by its path, as in version
            1.0.
    """
    where = _named(root, by_token=named_by_token)
    _write_graph(root, steps, {"name": name, "batch": _batch(batch or {}), **where})
    settings = {
        "format": "maestro-run",
        **_HEAD,
        "study_id": secrets.token_hex(6),
        "created": 0,
        "study_file": "study.yaml",
        "pgen_file": None,
        "throttle": 0,
        "rlimit": 1,
        "attempts": 1,
        "sleep": 60,
        "usetmp": False,
        "dry": False,
        "variables": {},
        "batch": {},
        **(run or {}),
    }
    (root / ".maestro/run.msgpack").write_bytes(seal(_PACKER.pack, settings))
    return root


def make_amendment(
    root: Path,
    steps: Sequence[StepPlan],
    amendment: str,
    *,
    amends: str | None = None,
    name: str = "study",
    batch: Mapping[str, object] | None = None,
    named_by_token: bool = False,
) -> Path:
    """Put an amendment together: no more than its ``graph.msgpack``; return its folder.

    Args:
        root: the workspace that it is for.
        steps: of the new study, in topological order.
        amendment: 12 hexadecimal digits.
        amends: the amendment that is in force; None: none.
        name: of the study.
        batch: over the defaults.
        named_by_token: as `make_workspace` takes it.
    """
    folder = root / ".maestro/amendments" / amendment
    more = {"amendment": amendment, "amends": amends}
    where = _named(root, by_token=named_by_token)
    _write_graph(folder, steps, {"name": name, "batch": _batch(batch or {}), **where, **more})
    return folder


def _named(root: Path, *, by_token: bool) -> dict[str, object]:
    if by_token:
        return {"requires": ["output_path"], "root": None, "specroot": str(root)}
    return {"root": str(root), "specroot": str(root)}


def _write_graph(folder: Path, steps: Sequence[StepPlan], head: Mapping[str, object]) -> None:
    (folder / ".maestro").mkdir(parents=True, exist_ok=True)
    packed: list[dict[str, object]] = [
        {
            "format": "maestro-graph",
            **_HEAD,
            "record": "graph",
            "description": "",
            "hashws": False,
            "parameters": ["N"] if any(_is_wide(step) for step in steps) else [],
            "steps": len(steps),
            "instances": sum(len(step.commands) for step in steps),
            **head,
        }
    ]
    first: dict[str, int] = {}
    place: dict[str, int] = {}
    count = 0
    for index, step in enumerate(steps):
        place[step.name] = index
        first[step.name] = count
        packed.append(_step(index, step, count))
        count += len(step.commands)
    plans = {step.name: step for step in steps}
    for index, step in enumerate(steps):
        for number, command in enumerate(step.commands):
            packed.append(_instance(index, step, number, command, first, place, plans))
    packed.append({"record": "end", "instances": count})
    with (folder / ".maestro/graph.msgpack").open("wb") as file:
        for record in packed:
            file.write(seal(_PACKER.pack, record))


def _is_wide(step: StepPlan) -> bool:
    return len(step.commands) > 1 or step.rows is not None


def _batch(over: Mapping[str, object]) -> dict[str, object]:
    texts = (
        "host bank queue nodes procs gpus reservation qos uri version launcher local_slots"
        " user_throttle"
    )
    return {
        "type": "local",
        "shell": "/bin/sh",
        **dict.fromkeys(texts.split()),
        "args": {},
        "allocation_args": {},
        "launcher_args": {},
        "array": False,
        **over,
    }


def _step(index: int, step: StepPlan, first: int) -> dict[str, object]:
    return {
        "record": "step",
        "index": index,
        "name": step.name,
        "description": f"about {step.name}",
        "workspace": step.name,
        "parameters": [] if len(step.commands) == 1 and step.rows is None else ["N"],
        "first": first,
        "count": len(step.commands),
        "resources": {
            **dict.fromkeys(_RESOURCES),
            "allocation_args": {},
            "launcher_args": {},
            **step.resources,
        },
        "failure": {
            "retries": 0,
            "retry_pause": 0,
            "success_codes": [0],
            "retry_codes": None,
            "restart_codes": [],
            "allow_failure": False,
            **step.failure,
        },
        **_results(step, 0 if step.rows is None else step.rows[0]),
    }


def _results(step: StepPlan, row: int) -> dict[str, object]:
    if not step.results:
        return {}
    plain = {"format": None, "keys": None, "pattern": None, "rows": "last", "required": False}
    results = [{**plain, **result} for result in step.results]
    for result in results:
        result["file"] = str(result["file"]).replace("{N}", str(row))
    return {"results": results}


def _instance(
    index: int,
    step: StepPlan,
    number: int,
    command: str,
    first: Mapping[str, int],
    place: Mapping[str, int],
    plans: Mapping[str, StepPlan],
) -> dict[str, object]:
    alone = len(step.commands) == 1 and step.rows is None
    row = number if step.rows is None else step.rows[number]
    name = step.name if alone else f"{step.name}_N.{row}"
    needs: list[int] = []
    for need in step.needs:
        paired = len(plans[need].commands) == len(step.commands)
        needs.append(first[need] + (number if paired else 0))
    groups: list[int] = []
    for funnel in step.funnels:
        if step.groups:
            groups.append(place[funnel])
        else:
            needs += range(first[funnel], first[funnel] + len(plans[funnel].commands))
    scheduled = step.resources.get("nodes") is not None or step.resources.get("procs") is not None
    return {
        "record": "instance",
        "index": first[step.name] + number,
        "name": name,
        "step": index,
        "description": None,
        "parameters": [] if alone else [["N", row, f"N.{row}"]],
        "workspace": step.name if alone else f"{step.name}/N.{row}",
        "script": name,
        "label": name,
        "scheduled": scheduled,
        "command": command,
        "restart": step.restart,
        "resources": None,
        "needs": sorted(needs),
        "groups": sorted(groups),
        **(_results(step, row) if any("{N}" in str(r["file"]) for r in step.results) else {}),
    }
