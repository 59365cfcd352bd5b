"""Name the types of the records of `spec`, `parameters` and `graph.msgpack`.

Their fields are those of the workspace format's page, but for the checksums, which are taken out
when a file is read. A reader finds any of them absent or nil where another program wrote the file,
so none is sure. Lists are tuples where they are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, TypedDict

from maestro_graph.model.plain import PlainValue


class ResourcesRecord(TypedDict, total=False):
    """What a step asks of its scheduler."""

    nodes: int | str | None
    procs: int | str | None
    gpus: int | str | None
    cores_per_task: int | str | None
    tasks_per_rs: int | str | None
    rs_per_node: int | str | None
    cpus_per_rs: int | str | None
    bind: str | None
    bind_gpus: str | None
    walltime: str | None
    reservation: str | None
    exclusive_allocation: bool | str | None
    exclusive_launcher: bool | str | None
    nested: bool | str | None
    waitable: bool | str | None
    priority: str | float | None
    qos: str | None
    requeue: bool | str | None
    enforce_walltime: bool | str | None
    allocation_args: Mapping[str, PlainValue]
    launcher_args: Mapping[str, PlainValue]


class FailureRecord(TypedDict, total=False):
    """What the end of a step's command means."""

    retries: int
    retry_pause: float
    success_codes: Sequence[int]
    retry_codes: Sequence[int] | None
    restart_codes: Sequence[int]
    allow_failure: bool


class BatchRecord(TypedDict, total=False):
    """The `batch` block."""

    type: str
    shell: str
    host: str | None
    bank: str | None
    queue: str | None
    nodes: int | str | None
    procs: int | str | None
    gpus: int | str | None
    reservation: str | None
    qos: str | None
    uri: str | None
    version: str | None
    args: Mapping[str, PlainValue]
    allocation_args: Mapping[str, PlainValue]
    launcher_args: Mapping[str, PlainValue]
    launcher: str | None
    local_slots: int | None
    array: bool
    user_throttle: int | None


#: ``[name, value]`` of a variable or a label.
VariableRow: TypeAlias = "Sequence[PlainValue]"


class PathDependencyRecord(TypedDict, total=False):
    """A path that must exist."""

    name: str
    path: str


class GitDependencyRecord(TypedDict, total=False):
    """A repository to clone."""

    name: str
    path: str
    url: str
    tag: str | None
    hash: str | None
    branch: str | None


class EnvRecord(TypedDict, total=False):
    """The names of `env`."""

    variables: Sequence[VariableRow]
    labels: Sequence[VariableRow]
    sources: Sequence[PlainValue]
    paths: Sequence[PathDependencyRecord]
    git: Sequence[GitDependencyRecord]


class RangeRecord(TypedDict, total=False):
    """Evenly spaced values."""

    start: float
    stop: float
    step: float | None
    num: int | None


class ColumnRecord(TypedDict, total=False):
    """A parameter."""

    name: str
    label: str | Sequence[str] | None
    values: Sequence[PlainValue] | None
    range: RangeRecord | None


class FactorRecord(TypedDict, total=False):
    """One factor of the product of parameters."""

    columns: Sequence[ColumnRecord]
    csv: str | None


#: ``[column, path]`` of a value that is wanted.
ResultKeyRow: TypeAlias = "Sequence[str]"


class ResultRecord(TypedDict, total=False):
    """A file that holds results of a step."""

    file: str
    format: Literal["json"] | Literal["csv"] | Literal["yaml"] | Literal["keys"] | None
    keys: Sequence[ResultKeyRow] | None
    pattern: str | None
    rows: Literal["last"] | Literal["all"]
    required: bool


class SpecStepRecord(TypedDict, total=False):
    """A step as it was written."""

    name: str
    description: str
    command: str
    restart: str | None
    pre: str | None
    post: str | None
    depends: Sequence[str]
    resources: ResourcesRecord
    failure: FailureRecord
    results: Sequence[ResultRecord]


class SpecRecord(TypedDict, total=False):
    """The study."""

    format: Literal["maestro-spec"]
    version: Sequence[int]
    requires: Sequence[str]
    writer: str
    name: str
    description: str
    extra: Mapping[str, PlainValue]
    source: str | None
    specroot: str
    env: EnvRecord
    parameters: Sequence[FactorRecord]
    steps: Sequence[SpecStepRecord]
    batch: BatchRecord


class TableColumnRecord(TypedDict, total=False):
    """A parameter of the table."""

    name: str
    title: str
    values: Sequence[PlainValue]
    labels: Sequence[str]


class ParametersRecord(TypedDict, total=False):
    """The table of parameters."""

    format: Literal["maestro-parameters"]
    version: Sequence[int]
    requires: Sequence[str]
    writer: str
    source: Literal["study"] | Literal["pgen"]
    rows: int
    columns: Sequence[TableColumnRecord]


#: ``[name, value, label]`` of a parameter of an instance.
ValueRow: TypeAlias = "Sequence[PlainValue]"


class GraphStepRecord(TypedDict, total=False):
    """A step of the graph."""

    record: Literal["step"]
    index: int
    name: str
    description: str
    workspace: str
    parameters: Sequence[str]
    first: int
    count: int
    resources: ResourcesRecord
    failure: FailureRecord
    results: Sequence[ResultRecord]


class InstanceRecord(TypedDict, total=False):
    """A step with one combination of its parameters."""

    record: Literal["instance"]
    index: int
    name: str
    step: int
    description: str | None
    parameters: Sequence[ValueRow]
    workspace: str
    script: str
    label: str
    scheduled: bool
    command: str
    restart: str | None
    resources: ResourcesRecord | None
    needs: Sequence[int]
    groups: Sequence[int]
    results: Sequence[ResultRecord]


class GraphRecord(TypedDict, total=False):
    """The head of the graph."""

    format: Literal["maestro-graph"]
    version: Sequence[int]
    requires: Sequence[str]
    writer: str
    record: Literal["graph"]
    name: str
    description: str
    root: str | None
    specroot: str
    hashws: bool
    batch: BatchRecord
    parameters: Sequence[str]
    steps: int
    instances: int
    amendment: str
    amends: str | None


class GraphEndRecord(TypedDict, total=False):
    """The end of the graph."""

    record: Literal["end"]
    instances: int


#: A record of `graph.msgpack`; its field `record` says which.
GraphFileRecord: TypeAlias = "GraphRecord | GraphStepRecord | InstanceRecord | GraphEndRecord"
