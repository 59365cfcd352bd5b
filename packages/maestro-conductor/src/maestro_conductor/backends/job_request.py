"""From a step of the graph to the job request that adapters take (docs/adapters.md)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["adapter_options", "fill_in", "make_job_request", "step_request"]

#: Keys of `Resources` that are keys of a request, too.
_RESOURCES = (
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
    "enforce_walltime",
    "reservation",
    "qos",
    "exclusive_allocation",
    "exclusive_launcher",
    "nested",
    "waitable",
    "priority",
    "requeue",
    "allocation_args",
    "launcher_args",
)
_DEFAULTS = ("nodes", "procs", "gpus")
_OPTIONS = (
    "shell",
    "host",
    "bank",
    "queue",
    "reservation",
    "qos",
    "uri",
    "version",
    "args",
    "allocation_args",
    "launcher_args",
    "launcher",
    "array",
    "user_throttle",
)


def make_job_request(
    instance: Mapping[str, Any],
    step: Mapping[str, Any],
    batch: Mapping[str, Any],
    root: Path,
) -> dict[str, Any]:
    """Merge what the batch block, a step and an instance say into one request.

    Args:
        instance: the map `Instance` of the format page.
        step: the map `GraphStep` of its step.
        batch: the map `Batch`.
        root: the workspace.
    """
    own = instance["resources"]
    resources = step["resources"] if own is None else own
    return fill_in(step_request(resources, batch, instance["scheduled"]), instance, step, root)


def step_request(
    resources: Mapping[str, Any], batch: Mapping[str, Any], scheduled: bool
) -> dict[str, Any]:
    """What the instances of a step have in common."""
    request = {key: resources.get(key) for key in _RESOURCES}
    request["scheduled"] = scheduled
    if scheduled:
        for key in _DEFAULTS:
            request[f"default_{key}"] = batch.get(key)
    return request


def fill_in(
    common: Mapping[str, Any], instance: Mapping[str, Any], step: Mapping[str, Any], root: Path
) -> dict[str, Any]:
    """The request of an instance, from what its step's instances have in common."""
    description = instance["description"]
    return {
        **common,
        "name": instance["script"],
        "label": instance["label"],
        "description": step["description"] if description is None else description,
        "workspace": f"{root}/{instance['workspace']}",
        "command": instance["command"],
        "restart": instance["restart"],
    }


def adapter_options(batch: Mapping[str, Any], *, local_beside: bool = False) -> dict[str, Any]:
    """What an adapter is created with.

    Args:
        batch: the map `Batch`.
        local_beside: for the local adapter that runs the unscheduled steps of a scheduled study.
            These stand for work on a login node: one at a time, unless the study says otherwise.
    """
    slots = batch.get("local_slots")
    if local_beside:
        return {"shell": batch.get("shell"), "slots": slots or 1, "adopt": True}
    options = {key: batch.get(key) for key in _OPTIONS}
    return {**options, "slots": slots, "adopt": True}
