"""Represent the expanded study: what `graph.msgpack` holds, typed.

Field names and their order are those of the workspace format.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import attrs

from maestro_graph.model.plain import PlainValue

#: A whole number; in a study as it was written also a text with tokens. None: not said.
Amount: TypeAlias = float | str | None

#: True or false; in a study as it was written also a text with tokens. None: not said.
Switch: TypeAlias = bool | str | None


@attrs.frozen(kw_only=True)
class Resources:
    """What a step asks of its scheduler; None: not said."""

    nodes: Amount = None
    procs: Amount = None
    gpus: Amount = None
    cores_per_task: Amount = None
    tasks_per_rs: Amount = None
    rs_per_node: Amount = None
    cpus_per_rs: Amount = None
    bind: str | None = None
    bind_gpus: str | None = None
    walltime: str | None = None
    reservation: str | None = None
    exclusive_allocation: Switch = None
    exclusive_launcher: Switch = None
    nested: Switch = None
    waitable: Switch = None
    priority: str | float | None = None
    qos: str | None = None
    requeue: Switch = None
    enforce_walltime: Switch = None
    allocation_args: Mapping[str, PlainValue] = attrs.field(factory=dict)
    launcher_args: Mapping[str, PlainValue] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Failure:
    """What the end of a step's command means."""

    retries: int = 0
    retry_pause: float = 0
    success_codes: tuple[int, ...] = (0,)
    retry_codes: tuple[int, ...] | None = None
    restart_codes: tuple[int, ...] = ()
    allow_failure: bool = False


@attrs.frozen(kw_only=True)
class Result:
    """A file in the folder of an instance that holds values.

    Attributes:
        file: its path in that folder.
        keys: (column, path) of the values that are wanted; None: all at the top.
        required: an instance fails where it is not there.
    """

    file: str
    format: str | None = None
    keys: tuple[tuple[str, str], ...] | None = None
    pattern: str | None = None
    rows: str = "last"
    required: bool = False


@attrs.frozen(kw_only=True)
class Batch:
    """The study's batch block."""

    type: str = "local"
    shell: str = "/bin/bash"
    host: str | None = None
    bank: str | None = None
    queue: str | None = None
    nodes: Amount = None
    procs: Amount = None
    gpus: Amount = None
    reservation: str | None = None
    qos: str | None = None
    uri: str | None = None
    version: str | None = None
    args: Mapping[str, PlainValue] = attrs.field(factory=dict)
    allocation_args: Mapping[str, PlainValue] = attrs.field(factory=dict)
    launcher_args: Mapping[str, PlainValue] = attrs.field(factory=dict)
    launcher: str | None = None
    local_slots: int | None = None
    array: bool = False
    user_throttle: int | None = None


class Value(NamedTuple):
    """One parameter of an instance."""

    name: str
    value: PlainValue
    label: str


@attrs.frozen(kw_only=True)
class GraphStep:
    """A step, and where its instances stand in the graph.

    Attributes:
        workspace: folder above all its instances, or the folder of its one; relative to the root.
        parameters: names of the parameters it uses, sorted.
        first: index of its first instance; the others follow.
        resources: those of its first instance; so are the results.
    """

    index: int
    name: str
    description: str
    workspace: str
    parameters: tuple[str, ...]
    first: int
    count: int
    resources: Resources
    failure: Failure
    results: tuple[Result, ...] = ()


@attrs.define  # frozen, a large study's expansion takes a tenth longer; nobody changes one
class Instance:
    """A step with one combination of its parameters.

    Attributes:
        step: index of its step.
        description: None: the step's.
        workspace: its folder, relative to the root.
        script: stem of its main script.
        label: stem of its restart script and its logs.
        scheduled: it has nodes or procs of its own; otherwise it runs locally.
        command: shell text; of our tokens only the launcher's and that of the root are left.
        resources: None: the step's.
        needs: indexes of the instances it waits for, sorted.
        groups: indexes of the steps all of whose instances it waits for, sorted.
        results: None: the step's.
    """

    index: int
    name: str
    step: int
    description: str | None
    parameters: tuple[Value, ...]
    workspace: str
    script: str
    label: str
    scheduled: bool
    command: str
    restart: str | None
    resources: Resources | None
    needs: tuple[int, ...]
    groups: tuple[int, ...]
    results: tuple[Result, ...] | None = None


class InstanceSequence(Sequence[Instance]):
    """All instances of a graph, in its order."""

    @abstractmethod
    def listing(self, step: GraphStep) -> Iterator[tuple[str, str]]:
        """Yield name and workspace of a step's instances, without all that goes into a command."""

    @abstractmethod
    def values(self, step: GraphStep) -> Iterator[tuple[Value, ...]]:
        """Yield the parameters of a step's instances."""


@attrs.frozen(kw_only=True)
class Graph:
    """A study with its parameters put in. ``$(OUTPUT_PATH)`` in its texts stands for the root.

    Attributes:
        root: absolute path of the workspace.
        specroot: absolute path of the study file's folder.
        hashws: workspaces are numbered instead of named by their combination.
        parameters: names of all parameters, in the table's order.
        steps: in topological order.
        instances: in topological order, all of a step together. They are made when they are asked
            for, so a graph of 100 000 instances costs little more than its table; iterate twice to
            get equal ones twice.
        amendment: 12 hexadecimal digits of the amendment that it is; None: the study is made so.
        amends: those of the amendment that was in force before; None: there was none.
        notices: what a user should know and no file holds, one sentence each.
    """

    name: str
    description: str
    root: str
    specroot: str
    hashws: bool
    batch: Batch
    parameters: tuple[str, ...]
    steps: tuple[GraphStep, ...]
    instances: InstanceSequence
    amendment: str | None = None
    amends: str | None = None
    notices: tuple[str, ...] = ()
