"""Name the types of the records of `spec.msgpack`, with the fields of the workspace format's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict

from maestro_spec.yaml.scalars import PlainValue

if TYPE_CHECKING:
    from typing_extensions import NotRequired  # `typing` has it since Python 3.11

#: ``[name, value]`` of a variable or a label.
VariableRow: TypeAlias = "list[PlainValue]"


class PathDependencyRecord(TypedDict):
    """A path that must exist."""

    name: str
    path: str


class GitDependencyRecord(TypedDict):
    """A repository to clone."""

    name: str
    path: str
    url: str
    tag: str | None
    hash: str | None
    branch: str | None


class EnvRecord(TypedDict):
    """The names of `env`."""

    variables: list[VariableRow]
    labels: list[VariableRow]
    sources: list[PlainValue]
    paths: list[PathDependencyRecord]
    git: list[GitDependencyRecord]


class RangeRecord(TypedDict):
    """Evenly spaced values."""

    start: float
    stop: float
    step: float | None
    num: int | None


class ColumnRecord(TypedDict):
    """A parameter."""

    name: str
    label: str | list[str] | None
    values: list[PlainValue] | None
    range: RangeRecord | None


class FactorRecord(TypedDict):
    """One factor of the product of parameters."""

    columns: list[ColumnRecord]
    csv: str | None


class ResourcesRecord(TypedDict):
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
    allocation_args: dict[str, PlainValue]
    launcher_args: dict[str, PlainValue]


class FailureRecord(TypedDict):
    """What the end of a step's command means."""

    retries: int
    retry_pause: float
    success_codes: list[int]
    retry_codes: list[int] | None
    restart_codes: list[int]
    allow_failure: bool


#: ``[column, path]`` of a value that is wanted.
ResultKeyRow: TypeAlias = "list[str]"


class ResultRecord(TypedDict):
    """A file that holds results of a step."""

    file: str
    format: Literal["json"] | Literal["csv"] | Literal["yaml"] | Literal["keys"] | None
    keys: list[ResultKeyRow] | None
    pattern: str | None
    rows: Literal["last"] | Literal["all"]
    required: bool


class SpecStepRecord(TypedDict):
    """A step."""

    name: str
    description: str
    command: str
    restart: str | None
    pre: str | None
    post: str | None
    depends: list[str]
    resources: ResourcesRecord
    failure: FailureRecord
    results: NotRequired[list[ResultRecord]]


class BatchRecord(TypedDict):
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
    args: dict[str, PlainValue]
    allocation_args: dict[str, PlainValue]
    launcher_args: dict[str, PlainValue]
    launcher: str | None
    local_slots: int | None
    array: bool
    user_throttle: int | None


class SpecRecord(TypedDict):
    """The study, without its checksum."""

    format: Literal["maestro-spec"]
    version: list[int]
    requires: list[str]
    writer: str
    name: str
    description: str
    extra: dict[str, PlainValue]
    source: str | None
    specroot: str
    env: EnvRecord
    parameters: list[FactorRecord]
    steps: list[SpecStepRecord]
    batch: BatchRecord
