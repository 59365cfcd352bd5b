"""Represent a study as frozen values.

Fields are those of the workspace format; `at` is the path at which a value stood in the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import attrs

from maestro_spec.diagnostics.problems import Path, Place, Problem
from maestro_spec.yaml.nodes import Document
from maestro_spec.yaml.scalars import PlainValue

#: What a variable may stand for.
VariableValue: TypeAlias = str | int | float | bool


@attrs.frozen
class Variable:
    """A variable or a label: what its token stands for."""

    name: str
    value: VariableValue
    at: Path = attrs.field(default=(), eq=False)


@attrs.frozen
class PathDependency:
    """A path that must exist."""

    name: str
    path: str
    at: Path = attrs.field(default=(), eq=False)


@attrs.frozen
class GitDependency:
    """A repository to clone to ``<path>/<name>``."""

    name: str
    path: str
    url: str
    tag: str | None = None
    hash: str | None = None
    branch: str | None = None
    at: Path = attrs.field(default=(), eq=False)


@attrs.frozen
class Env:
    """All names of `env`; one namespace."""

    variables: tuple[Variable, ...] = ()
    labels: tuple[Variable, ...] = ()
    sources: tuple[str, ...] = ()
    paths: tuple[PathDependency, ...] = ()
    git: tuple[GitDependency, ...] = ()


@attrs.frozen
class Range:
    """Evenly spaced numbers; just one of ``step`` and ``num`` is set."""

    start: float
    stop: float
    step: float | None = None
    num: int | None = None


@attrs.frozen
class Column:
    """A parameter: one value per row of its factor.

    Attributes:
        name: as in ``$(NAME)``.
        label: template in which ``%%`` stands for the value, a label per value, or None
            (``<name>.%%``).
        values: None where a range or the CSV file gives them.
        range: None where there is none.
    """

    name: str
    label: str | tuple[str, ...] | None = None
    values: tuple[PlainValue, ...] | None = None
    range: Range | None = None
    at: Path = attrs.field(default=(), eq=False)


@attrs.frozen
class Factor:
    """One factor of the product: zipped columns, or a CSV file (then columns hold labels only)."""

    columns: tuple[Column, ...] = ()
    csv: str | None = None
    at: Path = attrs.field(default=(), eq=False)


@attrs.frozen
class Resources:
    """What a step asks of its scheduler; units as in the workspace format."""

    nodes: int | str | None = None
    procs: int | str | None = None
    gpus: int | str | None = None
    cores_per_task: int | str | None = None
    tasks_per_rs: int | str | None = None
    rs_per_node: int | str | None = None
    cpus_per_rs: int | str | None = None
    bind: str | None = None
    bind_gpus: str | None = None
    walltime: str | None = None
    reservation: str | None = None
    exclusive_allocation: bool | str | None = None
    exclusive_launcher: bool | str | None = None
    nested: bool | str | None = None
    waitable: bool | str | None = None
    priority: str | float | None = None
    qos: str | None = None
    requeue: bool | str | None = None
    enforce_walltime: bool | str | None = None
    allocation_args: Mapping[str, PlainValue] = attrs.field(factory=dict)
    launcher_args: Mapping[str, PlainValue] = attrs.field(factory=dict)


@attrs.frozen
class Failure:
    """What the end of a step's command means."""

    retries: int = 0
    retry_pause: float = 0
    success_codes: tuple[int, ...] = (0,)
    retry_codes: tuple[int, ...] | None = None
    restart_codes: tuple[int, ...] = ()
    allow_failure: bool = False


@attrs.frozen
class Result:
    """A file in the step's folder that holds values.

    Attributes:
        file: its path, tokens and all.
        format: of `RESULT_FORMATS`; None: by the end of its name, or there is a pattern.
        keys: (column, path) of the values that are wanted; None: all at the top.
        pattern: regular expression, each named group of which is a value.
        rows: ``last`` or ``all``.
        required: the step fails where there is no such file.
    """

    file: str
    format: str | None = None
    keys: tuple[tuple[str, str], ...] | None = None
    pattern: str | None = None
    rows: str = "last"
    required: bool = False
    at: Path = attrs.field(default=(), eq=False)


@attrs.frozen
class Step:
    """A step of the study."""

    name: str
    description: str
    command: str
    restart: str | None = None
    pre: str | None = None
    post: str | None = None
    depends: tuple[str, ...] = ()
    resources: Resources = Resources()
    failure: Failure = Failure()
    results: tuple[Result, ...] = ()
    at: Path = attrs.field(default=(), eq=False)


@attrs.frozen
class Batch:
    """The study's `batch` block."""

    type: str = "local"
    shell: str = "/bin/bash"
    host: str | None = None
    bank: str | None = None
    queue: str | None = None
    nodes: int | str | None = None
    procs: int | str | None = None
    gpus: int | str | None = None
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
    given: frozenset[str] = attrs.field(default=frozenset(), eq=False)


@attrs.frozen
class Study:
    """A study file, read.

    Attributes:
        name: the study's name.
        description: what it is about.
        steps: in the order of the file.
        env: variables, labels, dependencies.
        parameters: factors of the table; their product is the table.
        batch: the scheduler's block.
        extra: the free keys of the `description` block.
        source: absolute path of the study file, or None.
        specroot: absolute path of the folder that relative paths start from.
        document: the nodes that it was read from, by which places are found.
        notes: what was found while it was read and kept no one from reading on.
        gaps: sections that could not be read whole; rules that need them keep silent.
        overridden: paths whose values came from the command line.
    """

    name: str
    description: str
    steps: tuple[Step, ...]
    env: Env = Env()
    parameters: tuple[Factor, ...] = ()
    batch: Batch = Batch()
    extra: Mapping[str, PlainValue] = attrs.field(factory=dict)
    source: str | None = None
    specroot: str = ""
    document: Document | None = attrs.field(default=None, eq=False, repr=False)
    notes: tuple[Problem, ...] = attrs.field(default=(), eq=False, repr=False)
    gaps: frozenset[str] = attrs.field(default=frozenset(), eq=False, repr=False)
    overridden: frozenset[Path] = attrs.field(default=frozenset(), eq=False, repr=False)

    def place(self, path: Path, *, at_key: bool = False) -> Place | None:
        """Return where a value stands, or its key; None for one of the command line."""
        if self.document is None or any(path[: len(o)] == o for o in self.overridden):
            return None
        return self.document.place(path, at_key=at_key)

    def place_within(self, path: Path, needle: str, occurrence: int = 0) -> Place | None:
        """Return where a stretch of a text stands; None for one of the command line."""
        if self.document is None or any(path[: len(o)] == o for o in self.overridden):
            return None
        return self.document.place_within(path, needle, occurrence)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The parameters that the study file itself names; a CSV file may add more."""
        return tuple(column.name for factor in self.parameters for column in factor.columns)
