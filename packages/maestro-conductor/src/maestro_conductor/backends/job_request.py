"""Make job requests for adapters (docs/adapters.md) of what the graph says of an instance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias, cast

from maestro_conductor.backends.protocol import OptionsMap, RequestMap
from maestro_conductor.backends.relocation import texts_in
from maestro_conductor.workspace.graph_file import GraphFile

__all__ = ["JobRequests", "adapter_options", "make_job_request", "slots"]

#: A map of the graph file; what its fields are was checked when it was read.
GraphMap: TypeAlias = Mapping[str, Any]

_NOTHING: Mapping[str, object] = MappingProxyType({})

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
#: Fields of an instance in which the folder of the study may be named.
_TEXTS = ("description", "command", "restart", "resources")
_DEFAULTS = ("nodes", "procs", "gpus")
#: Batch keys that are defaults of the adapter's, and stand in a request where they were changed.
_CHANGED = ("bank", "queue", "reservation", "qos")
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


class JobRequests:
    """Make the requests of a study's instances.

    Args:
        graph: what is run.
        root: the workspace.
        changed: returns batch keys that replace those of the graph, another map after each change.

    Attributes:
        batch: the map `Batch`, as it is where the study is now.
    """

    def __init__(
        self,
        graph: GraphFile,
        root: Path,
        changed: Callable[[], Mapping[str, object]] = lambda: _NOTHING,
    ) -> None:
        self._file = graph
        self._graph = graph.graph
        self._root = root
        self._in_place = texts_in(graph.graph, str(root))
        self.batch: GraphMap = self._in_place(graph.graph.batch)
        self._of_graph = self.batch
        self._changed = changed
        self._applied: Mapping[str, object] = _NOTHING
        self._steps: list[GraphMap] = [
            {
                "description": self._in_place(step.record.get("description")),
                "resources": self._in_place(step.resources),
            }
            for step in graph.graph.steps
        ]
        #: What the instances of a step have in common, and their slots: by step and `scheduled`.
        self._common: dict[tuple[int, bool], RequestMap] = {}
        self._slots: dict[tuple[int, bool], int] = {}

    def read(self, instance: int) -> RequestMap:
        """Return the request of an instance.

        Raises:
            OSError: its record cannot be read for now.
            ConductorError: it never can.
        """
        if (changed := self._changed()) is not self._applied:
            self._apply(changed)
        record = self._file.instance(instance)
        for key in _TEXTS:
            record[key] = self._in_place(record.get(key))
        step = self._steps[record["step"]]
        if record["resources"] is not None:
            return make_job_request(record, step, self.batch, self._root, self._applied)
        common = self._of_step(record["step"], record["scheduled"])
        return _fill_in(common, record, step, self._root)

    def slots(self, instance: int) -> int:
        """Return how many slots an instance fills as a local job.

        Where it cannot be read, that is 1: its submission will meet the same, and say so.
        """
        if self._graph.own_resources[instance]:
            try:
                return slots(self.read(instance))
            except OSError:
                return 1
        key = self._graph.step_of[instance], bool(self._graph.scheduled[instance])
        if key not in self._slots:
            self._slots[key] = slots(self._of_step(*key))
        return self._slots[key]

    def _apply(self, changed: Mapping[str, object]) -> None:
        self.batch = {**self._of_graph, **changed}
        self._common = {}
        self._applied = changed

    def _of_step(self, step: int, scheduled: bool) -> RequestMap:
        key = step, scheduled
        if key not in self._common:
            resources = self._steps[step]["resources"]
            self._common[key] = _step_request(resources, self.batch, scheduled, self._applied)
        return self._common[key]


def slots(request: RequestMap) -> int:
    """Return how many slots a request fills as a local job: tasks times cores of each, at least 1."""
    procs = request.get("procs")
    if request.get("scheduled") and not procs:
        procs = request.get("default_procs")
    return _amount(procs) * _amount(request.get("cores_per_task"))


def _amount(value: object) -> int:
    """Read a number as a graph has it: a whole number, a text or None. What says nothing is 1."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    return max(1, value) if isinstance(value, int) else 1


def make_job_request(
    instance: GraphMap,
    step: GraphMap,
    batch: GraphMap,
    root: Path,
    changed: Mapping[str, object] = _NOTHING,
) -> RequestMap:
    """Merge what the batch block, a step and an instance say into one request.

    Args:
        instance: the map `Instance` of the format page.
        step: the map `GraphStep` of its step.
        batch: the map `Batch`.
        root: the workspace.
        changed: batch keys that were changed since the study was made.
    """
    own = instance["resources"]
    resources = step["resources"] if own is None else own
    return _fill_in(
        _step_request(resources, batch, instance["scheduled"], changed), instance, step, root
    )


def _step_request(
    resources: GraphMap, batch: GraphMap, scheduled: bool, changed: Mapping[str, object]
) -> RequestMap:
    """Return what the instances of a step have in common."""
    request: dict[str, object] = {key: resources.get(key) for key in _RESOURCES}
    request["scheduled"] = scheduled
    if scheduled:
        for key in _DEFAULTS:
            request[f"default_{key}"] = batch.get(key)
        for key in _CHANGED:
            if key in changed and request.get(key) is None:
                request[key] = changed[key]
    return cast("RequestMap", request)


def _fill_in(common: RequestMap, instance: GraphMap, step: GraphMap, root: Path) -> RequestMap:
    """Return the request of an instance, from what its step's instances have in common."""
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


def adapter_options(batch: GraphMap, *, local_beside: bool = False) -> OptionsMap:
    """Return what an adapter is created with.

    Args:
        batch: the map `Batch`.
        local_beside: for the local adapter that runs the unscheduled steps of a scheduled study.
            These stand for work on a login node: one at a time, unless the study says otherwise.
    """
    local_slots = batch.get("local_slots")
    if local_beside:
        return {"shell": batch.get("shell"), "slots": local_slots or 1, "adopt": True}
    options: dict[str, object] = {key: batch.get(key) for key in _OPTIONS}
    return cast("OptionsMap", {**options, "slots": local_slots, "adopt": True})
