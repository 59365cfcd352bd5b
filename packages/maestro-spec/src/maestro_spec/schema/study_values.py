"""Name the types of what the shapes of `study_file` read: a map for each of its records.

A key whose value was not there, or not right, is missing, so none of them is sure.
"""

from __future__ import annotations

from typing import TypedDict

from maestro_spec.yaml.scalars import PlainValue


class PathValues(TypedDict, total=False):
    """A path dependency."""

    name: str
    path: str


class GitValues(TypedDict, total=False):
    """A git dependency."""

    name: str
    path: str
    url: str
    tag: str
    hash: str
    branch: str


class DependencyValues(TypedDict, total=False):
    """The block `dependencies` of `env`."""

    paths: list[PathValues]
    git: list[GitValues]


class EnvValues(TypedDict, total=False):
    """The block `env`."""

    variables: dict[str, str | int | float]
    labels: dict[str, PlainValue]
    sources: list[str]
    dependencies: DependencyValues


class RangeValues(TypedDict, total=False):
    """A range of a parameter."""

    start: float
    stop: float
    step: float
    num: int


class ParameterValues(TypedDict, total=False):
    """A parameter."""

    values: list[PlainValue]
    label: str | list[str]
    range: RangeValues


class TableValues(TypedDict, total=False):
    """A factor whose values stand in a CSV file."""

    csv: str
    labels: dict[str, str]


#: a factor of the grid: a table, or parameters by their names
FactorValues = TableValues | dict[str, ParameterValues]


class ExclusiveValues(TypedDict, total=False):
    """The map `exclusive` of a step."""

    allocation: bool | str
    launcher: bool | str


class ExitCodeValues(TypedDict, total=False):
    """The map `exit codes` of a step."""

    success: list[int]
    retry: list[int]
    restart: list[int]


class ResultValues(TypedDict, total=False):
    """A file that holds results of a step."""

    file: str
    format: str
    keys: list[str] | dict[str, str]
    pattern: str
    rows: str
    required: bool


#: The block `run` of a step.
RunValues = TypedDict(
    "RunValues",
    {
        "cmd": str,
        "depends": list[str],
        "restart": str,
        "pre": str,
        "post": str,
        "nodes": int | str,
        "procs": int | str,
        "gpus": int | str,
        "cores per task": int | str,
        "tasks per rs": int | str,
        "rs per node": int | str,
        "cpus per rs": int | str,
        "bind": str,
        "bind gpus": str,
        "walltime": str | None,
        "reservation": str,
        "exclusive": bool | str | ExclusiveValues,
        "nested": bool | str,
        "waitable": bool | str,
        "priority": str | float,
        "qos": str,
        "retries": int,
        "retry pause": float,
        "exit codes": ExitCodeValues,
        "allow failure": bool,
        "requeue": bool | str,
        "enforce walltime": bool | str,
        "allocation_args": dict[str, PlainValue],
        "launcher_args": dict[str, PlainValue],
        "results": list[ResultValues],
    },
    total=False,
)


class StepValues(TypedDict, total=False):
    """A step."""

    name: str
    description: str
    run: RunValues


#: The study file. Its free keys, and those of the blocks `description` and `batch`, are the user's
#: or the adapters'.
StudyValues = TypedDict(
    "StudyValues",
    {
        "description": dict[str, PlainValue],
        "env": EnvValues,
        "batch": dict[str, PlainValue],
        "study": list[StepValues],
        "global.parameters": dict[str, PlainValue],
    },
    total=False,
)
