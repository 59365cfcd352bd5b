"""Write and read `graph.msgpack`: the graph as a stream of records."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

import attrs
import msgpack

from maestro_graph.errors import FormatError
from maestro_graph.files.atomic_write import replaced
from maestro_graph.files.checksums import has_sum, seal, take_sum
from maestro_graph.files.header import VERSION, WRITER, check_header
from maestro_graph.files.map_file import packer
from maestro_graph.files.regular_files import stream_regular
from maestro_graph.model.earlier import Earlier, Place
from maestro_graph.model.graph import Failure, Graph, GraphStep, Instance, Resources, Result

if TYPE_CHECKING:
    from maestro_graph.files.records import (
        BatchRecord,
        FailureRecord,
        GraphFileRecord,
        GraphRecord,
        GraphStepRecord,
        InstanceRecord,
        ResourcesRecord,
        ResultRecord,
    )

_FORMAT: Literal["maestro-graph"] = "maestro-graph"
_CHUNK = 1 << 16
#: What may stand in a graph's `requires`.
FEATURES = frozenset(
    {
        "failure",
        "launcher",
        "local_slots",
        "array",
        "user_throttle",
        "requeue",
        "enforce_walltime",
        "step_args",
        "output_path",
        "required_results",
    }
)


def write_graph(graph: Graph, path: str | Path) -> None:
    """Replace a ``graph.msgpack``; instances go to the file as they are made.

    Raises:
        OSError: it cannot be written.
        StudyError: an instance's tokens cannot be resolved.
    """
    pack = packer().pack
    with replaced(path) as stream:
        stream.write(seal(pack, _header(graph)))
        for step in graph.steps:
            stream.write(seal(pack, _step(step)))
        for instance in graph.instances:
            stream.write(seal(pack, _instance(instance)))
        stream.write(seal(pack, {"record": "end", "instances": len(graph.instances)}))


def read_graph(path: str | Path) -> Iterator[GraphFileRecord]:
    """Yield the records of a ``graph.msgpack`` one by one, their checksums taken out.

    Raises:
        FormatError: it is missing, damaged, of another format, needs what we do not know, or is
            not whole.
    """
    try:
        with stream_regular(path) as file:
            stream = _Kept(file)
            records = msgpack.Unpacker(
                stream, read_size=_CHUNK, max_buffer_size=1 << 30, unicode_errors="surrogateescape"
            )
            header = next(records, None)
            summed = has_sum(header)
            kind = None
            for number, record in enumerate(itertools.chain([header], records)):
                content = stream.take(records.tell())
                if summed:
                    take_sum(path, f"record {number}" if number else "its head", content, record)
                if not number:
                    check_header(header, _FORMAT, Path(path).name, FEATURES)
                kind = record["record"]
                yield record
            if kind != "end":
                raise FormatError(f"{path} is not whole", hint="expand the workspace anew")
    except OSError as error:
        raise FormatError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, msgpack.UnpackException) as error:
        hint = "expand the workspace anew"
        raise FormatError(f"{path} is damaged: {error or 'torn'}", hint=hint) from error


class _Kept:
    """A file, and those of its bytes that an unpacker took and that nobody has asked for yet."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._kept = b""
        self._taken = 0

    def read(self, size: int) -> bytes:
        """Read on."""
        content = self._file.read(size)
        self._kept += content
        return content

    def take(self, end: int) -> bytes:
        """Return the bytes up to a place in the file, from where it was left the last time."""
        length = end - self._taken
        content, self._kept = self._kept[:length], self._kept[length:]
        self._taken = end
        return content


def required_features(graph: Graph) -> list[str]:
    """Return what a reader must know to act on this graph rightly."""
    features = {"output_path"}
    plain = Failure()
    for step in graph.steps:
        if step.failure != plain:
            features.add("failure")
        if step.resources.requeue is not None:
            features.add("requeue")
        if step.resources.enforce_walltime is not None:
            features.add("enforce_walltime")
        if step.resources.allocation_args or step.resources.launcher_args:
            features.add("step_args")
        if any(result.required for result in step.results):
            features.add("required_results")
    if graph.batch.launcher is not None:
        features.add("launcher")
    if graph.batch.local_slots is not None:
        features.add("local_slots")
    if graph.batch.array:
        features.add("array")
    if graph.batch.user_throttle is not None:
        features.add("user_throttle")
    return sorted(features)


def read_earlier(path: str | Path) -> Earlier:
    """Return what an amended study keeps of its ``graph.msgpack``.

    Raises:
        FormatError: as for `read_graph`.
    """
    records = read_graph(path)
    head = cast("GraphRecord", next(records))
    folders: dict[str, str] = {}
    places: dict[str, Place] = {}
    labels: dict[str, dict[float, str]] = {}
    for record in records:
        if record["record"] == "instance":
            _take_labels(record, labels)
            place = Place(record["workspace"], record["script"], record["label"])
            places[record["name"]] = place
        elif record["record"] == "step":
            folders[record["name"]] = record["workspace"]
    return Earlier(head["hashws"], head.get("amendment"), folders, places, labels)


def read_labels(path: str | Path) -> Mapping[str, Mapping[float, str]]:
    """Return the labels of a graph as `Earlier` has them.

    Raises:
        FormatError: as for `read_graph`.
    """
    labels: dict[str, dict[float, str]] = {}
    for record in read_graph(path):
        if record["record"] == "instance":
            _take_labels(record, labels)
    return labels


def _take_labels(record: InstanceRecord, labels: dict[str, dict[float, str]]) -> None:
    for row in record["parameters"]:
        value = row[1]
        if isinstance(value, float):
            labels.setdefault(str(row[0]), {}).setdefault(value, str(row[2]))


def _header(graph: Graph) -> GraphRecord:
    head = _plain_header(graph)
    if graph.amendment is not None:
        head["amendment"] = graph.amendment
        head["amends"] = graph.amends
    return head


def _plain_header(graph: Graph) -> GraphRecord:
    return {
        "format": _FORMAT,
        "version": VERSION,
        "requires": required_features(graph),
        "writer": WRITER,
        "record": "graph",
        "name": graph.name,
        "description": graph.description,
        "root": None,  # a workspace has no address
        "specroot": graph.specroot,
        "hashws": graph.hashws,
        "batch": cast("BatchRecord", attrs.asdict(graph.batch, recurse=False)),
        "parameters": graph.parameters,
        "steps": len(graph.steps),
        "instances": len(graph.instances),
    }


def _step(step: GraphStep) -> GraphStepRecord:
    record = _plain_step(step)
    if step.results:
        record["results"] = _results(step.results)
    return record


def _plain_step(step: GraphStep) -> GraphStepRecord:
    return {
        "record": "step",
        "index": step.index,
        "name": step.name,
        "description": step.description,
        "workspace": step.workspace,
        "parameters": step.parameters,
        "first": step.first,
        "count": step.count,
        "resources": _resources(step.resources),
        "failure": cast("FailureRecord", attrs.asdict(step.failure, recurse=False)),
    }


def _resources(resources: Resources) -> ResourcesRecord:
    return cast("ResourcesRecord", attrs.asdict(resources, recurse=False))


def _results(results: tuple[Result, ...]) -> list[ResultRecord]:
    return [cast("ResultRecord", attrs.asdict(result, recurse=False)) for result in results]


def _instance(instance: Instance) -> InstanceRecord:
    record = _plain_instance(instance)
    if instance.results is not None:
        record["results"] = _results(instance.results)
    return record


def _plain_instance(instance: Instance) -> InstanceRecord:
    return {
        "record": "instance",
        "index": instance.index,
        "name": instance.name,
        "step": instance.step,
        "description": instance.description,
        "parameters": instance.parameters,
        "workspace": instance.workspace,
        "script": instance.script,
        "label": instance.label,
        "scheduled": instance.scheduled,
        "command": instance.command,
        "restart": instance.restart,
        "resources": None if instance.resources is None else _resources(instance.resources),
        "needs": instance.needs,
        "groups": instance.groups,
    }
