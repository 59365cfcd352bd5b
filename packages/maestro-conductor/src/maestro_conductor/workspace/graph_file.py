"""A tolerant reader of ``graph.msgpack``: what is to be run.

Names and edges are held as arrays, commands are not held at all: each instance's record is read
again from its place in the file when it is needed.
"""

from __future__ import annotations

import gc
import os
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import msgpack

from maestro_conductor.errors import FormatError, WorkspaceError
from maestro_conductor.workspace.checksums import check_sum
from maestro_conductor.workspace.files import GRAPH
from maestro_conductor.workspace.graph_checks import (
    check_head,
    check_instance,
    check_instances,
    check_step,
    get_fields,
    refuse_instance,
)
from maestro_conductor.workspace.graph_stream import GraphStream
from maestro_conductor.workspace.regular_files import open_regular, stream_regular

__all__ = ["FailureRule", "Graph", "Step", "read_graph"]


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
    def read(cls, value: Mapping[str, Any]) -> FailureRule:
        """From the ``failure`` map of a step."""
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
        record: all of the step's record.
    """

    index: int
    name: str
    first: int
    count: int
    resources: Mapping[str, Any]
    failure: FailureRule
    record: Mapping[str, Any]


@attrs.define(repr=False)
class Graph:
    """The study as it is to be run. Lists and arrays have one element per instance.

    Attributes:
        path: of the file.
        name: the study's.
        root: absolute path of the workspace when it was expanded.
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
        need_start, needs: instance i waits for ``needs[need_start[i]:need_start[i + 1]]``.
        groups: instance → steps all of whose instances it waits for.
    """

    path: Path
    name: str
    root: str
    batch: Mapping[str, Any]
    header: Mapping[str, Any]
    steps: list[Step]
    names: list[str]
    workspaces: list[str]
    parameters: list[str]
    values: list[list[Any]]
    step_of: array[int]
    scheduled: bytearray
    restartable: bytearray
    own_resources: bytearray
    need_start: array[int]
    needs: array[int]
    groups: dict[int, tuple[int, ...]]
    _offsets: array[int]
    _summed: bool = False
    _file: int = -1

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        steps = ", ".join(f"{step.name}×{step.count}" for step in self.steps[:20])
        return f"<Graph {self.name}: {steps}>"

    def failure(self, instance: int) -> FailureRule:
        """What the end of an instance's command means."""
        return self.steps[self.step_of[instance]].failure

    def instance(self, index: int) -> dict[str, Any]:
        """The whole record of an instance, read from the file.

        Raises:
            OSError: the file cannot be read for now; it is named.
            FormatError: it is not the file that was loaded, or no longer as it was written.
        """
        start, end = self._offsets[index], self._offsets[index + 1]
        try:
            if self._file < 0:
                self._file = open_regular(self.path)
            content = os.pread(self._file, end - start, start)
        except OSError as error:
            self.close()  # opened anew next time: a stale handle of NFS stays stale
            raise OSError(error.errno, error.strerror, str(self.path)) from error
        try:
            record = msgpack.unpackb(content, unicode_errors="surrogateescape")
        except (ValueError, msgpack.UnpackException) as error:
            raise FormatError(f"{self.path} was changed while it was in use") from error
        if not isinstance(record, dict) or record.get("index") != index:
            raise FormatError(f"{self.path} was changed while it was in use")
        if self._summed:
            check_sum(self.path, f"instance {index} ({self.names[index]})", content, record)
        return record

    def needs_of(self, index: int) -> array[int]:
        """The instances that an instance waits for, its groups apart."""
        return self.needs[self.need_start[index] : self.need_start[index + 1]]

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def read_graph(root: Path, *, values: bool = False) -> Graph:
    """Read a workspace's graph.

    Args:
        root: the workspace.
        values: keep the values of the parameters, for those who show them all.

    Raises:
        WorkspaceError: there is none, it is torn, or this version cannot read it.
    """
    path = root / GRAPH
    try:
        file = stream_regular(path)
        size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        what = f"it has no {GRAPH}" if root.exists() else "it does not exist"
        raise WorkspaceError(f"{root} is not the workspace of a study: {what}") from None
    except NotADirectoryError:
        what = f"{root} is not the workspace of a study: it is no folder, or its .maestro is none"
        raise WorkspaceError(what) from None
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read: {error.strerror}") from error
    # The loop below makes many short-lived maps; looking through them for cycles is wasted time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        with file:
            return _read_stream(path, GraphStream(path, file, size), values)
    except (WorkspaceError, OSError):
        raise
    except Exception as error:  # what a damaged file holds may be anything, where we look for a map
        raise FormatError(f"{path} is damaged or torn: make the study anew") from error
    finally:
        if collecting:
            gc.enable()


def _read_stream(path: Path, stream: GraphStream, keep_values: bool) -> Graph:
    head = stream.head
    shown = str(path)
    check_head(shown, head)
    graph = Graph(
        path=path,
        name=head["name"],
        root=head["root"],
        batch=dict(head["batch"]),
        header=head,
        steps=[],
        names=[],
        workspaces=[],
        parameters=[],
        values=[],
        step_of=array("I"),
        scheduled=bytearray(),
        restartable=bytearray(),
        own_resources=bytearray(),
        need_start=array("Q", [0]),
        needs=array("I"),
        groups={},
        offsets=array("Q"),
        summed=stream.summed,
    )
    first = 0
    for index in range(head["steps"]):
        record = stream.next("step", index)
        check_step(shown, index, first, record)
        first += record["count"]
        graph.steps.append(_read_step(record))
    # Local names: this loop runs once per instance, and `maestro status` waits for it.
    names, workspaces, parameters = graph.names, graph.workspaces, graph.parameters
    values = graph.values
    step_of, needs, need_start = graph.step_of, graph.needs, graph.need_start
    scheduled, restartable = graph.scheduled, graph.restartable
    offsets = graph._offsets
    offsets.append(stream.end)
    next_record = stream.next
    for index in range(head["instances"]):
        record = next_record("instance", index)
        if record["index"] != index:
            raise FormatError(f"{path} is damaged: instance {index} is not in its place")
        try:
            (
                name,
                workspace,
                rows,
                step,
                script,
                label,
                runs,
                command,
                restart,
                own,
                wait,
                groups,
            ) = get_fields(record)
            offsets.append(stream.end)
            names.append(name)
            workspaces.append(workspace)
            parameters.append(";".join([f"{row[0]}:{row[1]}" for row in rows]))
            if keep_values:
                values.append(rows)
            step_of.append(step)
            scheduled.append(runs)
            restartable.append(restart is not None)
            graph.own_resources.append(own is not None)
            needs.extend(wait)
            need_start.append(len(needs))
            if (
                (wait and max(wait) >= index)
                or groups
                or not name == script == label
                or "/" in name
                or own is not None
                or type(command) is not str
                or (restart is not None and type(restart) is not str)
                or (runs is not True and runs is not False)
            ):
                # Unusual, or wrong: only now every field is looked at.
                check_instance(shown, index, record)
        except (KeyError, TypeError, ValueError, OverflowError, IndexError):
            refuse_instance(shown, index, record)
        if groups:
            graph.groups[index] = tuple(groups)
    end = stream.next("the end, instance", head["instances"])
    if end.get("record") != "end" or end["instances"] != head["instances"]:
        raise FormatError(f"{path} is torn: make the study anew")
    blocks = [(step.first, step.count) for step in graph.steps]
    check_instances(shown, blocks, names, workspaces, step_of)
    return graph


def _read_step(record: Mapping[str, Any]) -> Step:
    return Step(
        index=record["index"],
        name=record["name"],
        first=record["first"],
        count=record["count"],
        resources=record["resources"],
        failure=FailureRule.read(record["failure"]),
        record=record,
    )
