"""Read ``graph.msgpack``, tolerantly: what is to be run.

Names and edges are held as arrays, commands are not held at all: each instance's record is read
again from its place in the file when it is needed.
"""

from __future__ import annotations

import gc
import os
from array import array
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgpack

from maestro_conductor.errors import FormatError, WorkspaceError
from maestro_conductor.model.graph import FailureRule, Graph, ResultRecord, Step
from maestro_conductor.workspace.checksums import check_sum
from maestro_conductor.workspace.field_checks import Checked
from maestro_conductor.workspace.graph_checks import (
    check_head,
    check_instance,
    check_instances,
    check_step,
    get_fields,
    refuse_instance,
)
from maestro_conductor.workspace.graph_stream import GraphStream
from maestro_conductor.workspace.paths import GRAPH
from maestro_conductor.workspace.regular_files import open_regular, stream_regular

__all__ = ["GraphFile", "read_graph"]


class GraphFile:
    """Reads the records of a graph's instances, each from its place when it is asked for.

    Args:
        root: the workspace.
        graph: that was read from it; None: it is read now, with the errors of `read_graph`.
        file: path of the file, relative to the workspace.
    """

    def __init__(self, root: Path, graph: Graph | None = None, file: str = GRAPH) -> None:
        self.graph = read_graph(root, file=file) if graph is None else graph
        self.path = root / self.graph.file
        self._file = -1

    def instance(self, index: int) -> dict[str, Any]:
        """Return the whole record of an instance, read from the file; `read_graph` has checked its fields.

        Raises:
            OSError: the file cannot be read for now; it is named.
            FormatError: it is not the file that was loaded, or no longer as it was written.
        """
        start, end = self.graph.offsets[index], self.graph.offsets[index + 1]
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
        if self.graph.summed:
            check_sum(self.path, f"instance {index} ({self.graph.names[index]})", content, record)
        return record

    def results_of(self, index: int) -> Sequence[ResultRecord]:
        """Return the files that hold what an instance yields.

        Raises:
            OSError: the file cannot be read for now; it is named.
            FormatError: it is no longer as it was written.
        """
        if not self.graph.own_results[index]:
            return self.graph.steps[self.graph.step_of[index]].results
        results: Sequence[ResultRecord] = self.instance(index)["results"]
        return results

    def values_of(self, index: int) -> dict[str, object]:
        """Return the values of an instance's parameters, by name.

        Raises:
            ValueError: they cannot be read now, or no longer; the text says why.
        """
        try:
            rows = self.instance(index)["parameters"]
        except (OSError, FormatError) as error:
            raise ValueError(f"its parameters cannot be read: {error}") from error
        return {row[0]: row[1] for row in rows}

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def read_graph(
    root: Path,
    *,
    values: bool = False,
    file: str = GRAPH,
    visit: Callable[[Mapping[str, Any]], None] | None = None,
) -> Graph:
    """Read a workspace's graph.

    Args:
        root: the workspace.
        values: keep the values of the parameters, for those who show them all.
        file: path of the graph, relative to the workspace.
        visit: called with each record of an instance, for those who need more of it.

    Raises:
        WorkspaceError: there is none, it is torn, or this version cannot read it.
    """
    path = root / file
    try:
        stream = stream_regular(path)
        size = os.fstat(stream.fileno()).st_size
    except FileNotFoundError:
        what = f"it has no {file}" if root.exists() else "it does not exist"
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
        with stream:
            graph = _read_stream(path, GraphStream(path, stream, size), values, visit)
            graph.file = file
            return graph
    except (WorkspaceError, OSError):
        raise
    except Exception as error:  # what a damaged file holds may be anything, where we look for a map
        raise FormatError(f"{path} is damaged or torn: make the study anew") from error
    finally:
        if collecting:
            gc.enable()


def _read_stream(
    path: Path,
    stream: GraphStream,
    keep_values: bool,
    visit: Callable[[Mapping[str, Any]], None] | None,
) -> Graph:
    head = stream.head
    shown = str(path)
    check_head(shown, head)
    graph = Graph(
        name=head["name"],
        root=head["root"] or "",
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
        own_results=bytearray(),
        need_start=array("Q", [0]),
        needs=array("I"),
        groups={},
        offsets=array("Q"),
        summed=stream.summed,
    )
    first = 0
    for index in range(head["steps"]):
        record = check_step(shown, index, first, stream.next("step", index))
        first += record["count"]
        graph.steps.append(_read_step(record))
    # Local names: this loop runs once per instance, and `maestro status` waits for it.
    names, workspaces, parameters = graph.names, graph.workspaces, graph.parameters
    values = graph.values
    step_of, needs, need_start = graph.step_of, graph.needs, graph.need_start
    scheduled, restartable = graph.scheduled, graph.restartable
    offsets = graph.offsets
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
            graph.own_results.append(record.get("results") is not None)
            needs.extend(wait)
            need_start.append(len(needs))
            if (
                (wait and max(wait) >= index)
                or groups
                or not name == script == label
                or "/" in name
                or own is not None
                or graph.own_results[-1]
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
        if visit is not None:
            visit(record)
    end = stream.next("the end, instance", head["instances"])
    if end.get("record") != "end" or end["instances"] != head["instances"]:
        raise FormatError(f"{path} is torn: make the study anew")
    blocks = [(step.first, step.count) for step in graph.steps]
    check_instances(shown, blocks, names, workspaces, step_of)
    return graph


def _read_step(record: Checked) -> Step:
    return Step(
        index=record["index"],
        name=record["name"],
        first=record["first"],
        count=record["count"],
        resources=record["resources"],
        failure=FailureRule.read(record["failure"]),
        results=record.get("results") or (),
        record=record,
    )
