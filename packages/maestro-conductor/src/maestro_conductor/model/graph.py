"""Hold a study as it is to be run: its steps, and arrays with an element for each instance."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import attrs

__all__ = ["FailureRule", "Graph", "ResultRecord", "Step"]


#: A map of the format page. Whoever read it from the file has checked its fields.
Map = Mapping[str, Any]


class ResultRecord(TypedDict):
    """The map `Result` of the format page."""

    file: str
    format: str | None
    keys: list[list[str]] | None
    pattern: str | None
    rows: str
    required: bool


@attrs.frozen
class FailureRule:
    """What the end of a step's command means.

    Attributes:
        retries: how often a failed command is run again.
        retry_pause: s before each retry.
        success_codes: exit codes that mean success.
        retry_codes: exit codes that are worth a retry; None: every failure.
        restart_codes: exit codes that ask for the restart command.
        allow_failure: descendants run although the step failed.
    """

    retries: int = 0
    retry_pause: float = 0.0
    success_codes: frozenset[int] = frozenset({0})
    retry_codes: frozenset[int] | None = None
    restart_codes: frozenset[int] = frozenset()
    allow_failure: bool = False

    @classmethod
    def read(cls, value: Map) -> FailureRule:
        """Make the rule from the ``failure`` map of a step."""
        codes = value.get("retry_codes")
        return cls(
            retries=value.get("retries", 0),
            retry_pause=value.get("retry_pause", 0.0),
            success_codes=frozenset(value.get("success_codes", (0,))),
            retry_codes=None if codes is None else frozenset(codes),
            restart_codes=frozenset(value.get("restart_codes", ())),
            allow_failure=value.get("allow_failure", False),
        )


@attrs.frozen
class Step:
    """A step: a row of instances.

    Attributes:
        index: place among the steps.
        name: as in the study file.
        first: index of its first instance.
        count: number of its instances.
        resources: the map `Resources` of the format page.
        failure: what the end of its command means.
        results: files that hold what its first instance yields.
        record: all of the step's record.
    """

    index: int
    name: str
    first: int
    count: int
    resources: Map
    failure: FailureRule
    results: Sequence[ResultRecord]
    record: Map

    @property
    def requires_results(self) -> bool:
        """Whether there are files without which an instance has failed."""
        return any(result["required"] for result in self.results)


@attrs.define(repr=False)
class Graph:
    """The study as it is to be run. Lists and arrays have one element per instance.

    Attributes:
        name: the study's.
        root: absolute path of the workspace when it was expanded; empty: its texts hold no path of it.
        batch: the map `Batch` of the format page.
        steps: in topological order.
        names: of the instances.
        workspaces: their folders, relative to the root.
        parameters: as status.csv shows them, ``NAME:value;NAME:value``.
        values: their rows `Value` of the format page; empty: they were not asked for.
        step_of: index of the instance's step.
        scheduled: 1 where the instance asks for nodes or procs.
        restartable: 1 where the instance has a restart command.
        own_resources: 1 where its resources differ from its step's.
        own_results: 1 where its results do.
        need_start, needs: instance i waits for ``needs[need_start[i]:need_start[i + 1]]``.
        groups: instance → steps all of whose instances it waits for.
        offsets: record i of the file begins at byte ``offsets[i]``, and ends at ``offsets[i + 1]``.
        summed: the records have checksums.
        file: path of the file it was read from, relative to the root.
    """

    name: str
    root: str
    batch: Map
    header: Map
    steps: list[Step]
    names: list[str]
    workspaces: list[str]
    parameters: list[str]
    values: list[list[Any]]
    step_of: array[int]
    scheduled: bytearray
    restartable: bytearray
    own_resources: bytearray
    own_results: bytearray
    need_start: array[int]
    needs: array[int]
    groups: dict[int, tuple[int, ...]]
    offsets: array[int]
    summed: bool = False
    file: str = ".maestro/graph.msgpack"

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        steps = ", ".join(f"{step.name}×{step.count}" for step in self.steps[:20])
        return f"<Graph {self.name}: {steps}>"

    @property
    def amendment(self) -> str | None:
        """Return the amendment that the graph came with; None: the study was made with it."""
        found: str | None = self.header.get("amendment")
        return found

    @property
    def has_token(self) -> bool:
        """Whether ``$(OUTPUT_PATH)`` in its texts stands for the folder of the study."""
        return "output_path" in (self.header.get("requires") or ())

    def failure(self, instance: int) -> FailureRule:
        """Return what the end of an instance's command means."""
        return self.steps[self.step_of[instance]].failure

    def needs_of(self, index: int) -> array[int]:
        """Return the instances that an instance waits for, its groups apart."""
        return self.needs[self.need_start[index] : self.need_start[index + 1]]
