"""Check what the maps of `spec.msgpack` and `parameters.msgpack` hold, whoever wrote them; pure.

A field that is absent or nil takes its default, unknown ones are ignored; what is there must be of
the type that the format page gives it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from maestro_graph.files.field_kinds import (
    AMOUNT,
    COUNT,
    COUNTS,
    FLAG,
    LABEL,
    LIST,
    MAP,
    NAME,
    NUMBER,
    PAIRS,
    PAUSE,
    PRIORITY,
    RESULT_KEYS,
    SWITCH,
    TEXT,
    TEXTS,
    Kind,
    fields_of,
)
from maestro_graph.files.record_check import RecordPlace

if TYPE_CHECKING:
    from maestro_graph.files.records import ParametersRecord, SpecRecord, TableColumnRecord

__all__ = ["check_parameters", "check_spec"]


def _one_of(*words: str) -> Kind:
    return (lambda value: value in words, f"one of {', '.join(words)}")


_SPEC = fields_of(
    [
        ("*name", NAME),
        ("description source", TEXT),
        ("specroot", TEXT),
        ("extra env batch", MAP),
        ("parameters steps", LIST),
    ]
)
_ENV = fields_of([("variables labels", PAIRS), ("sources paths git", LIST)])
_PATH = fields_of([("*name", NAME), ("*path", TEXT)])
_GIT = fields_of([("*name", NAME), ("*path *url", TEXT), ("tag hash branch", TEXT)])
_FACTOR = fields_of([("columns", LIST), ("csv", TEXT)])
_COLUMN = fields_of([("*name", NAME), ("label", LABEL), ("values", LIST), ("range", MAP)])
_RANGE = fields_of([("*start *stop", NUMBER), ("step", NUMBER), ("num", COUNT)])
_STEP = fields_of(
    [
        ("*name", NAME),
        ("*command", TEXT),
        ("description restart pre post", TEXT),
        ("depends", TEXTS),
        ("resources failure", MAP),
        ("results", LIST),
    ]
)
_RESULT = fields_of(
    [
        ("*file", NAME),
        ("format", _one_of("json", "csv", "yaml", "keys")),
        ("keys", RESULT_KEYS),
        ("pattern", TEXT),
        ("rows", _one_of("last", "all")),
        ("required", FLAG),
    ]
)
_RESOURCES = fields_of(
    [
        ("nodes procs gpus cores_per_task tasks_per_rs rs_per_node cpus_per_rs", AMOUNT),
        ("bind bind_gpus walltime reservation qos", TEXT),
        ("exclusive_allocation exclusive_launcher nested waitable requeue", SWITCH),
        ("enforce_walltime", SWITCH),
        ("priority", PRIORITY),
        ("allocation_args launcher_args", MAP),
    ]
)
_FAILURE = fields_of(
    [
        ("retries", COUNT),
        ("retry_pause", PAUSE),
        ("success_codes retry_codes restart_codes", COUNTS),
        ("allow_failure", FLAG),
    ]
)
_BATCH = fields_of(
    [
        ("type shell host bank queue reservation qos uri version launcher", TEXT),
        ("nodes procs gpus", AMOUNT),
        ("args allocation_args launcher_args", MAP),
        ("local_slots user_throttle", COUNT),
        ("array", FLAG),
    ]
)
_TABLE = fields_of(
    [
        ("*source", (lambda value: value in ("study", "pgen"), "'study' or 'pgen'")),
        ("*rows", COUNT),
        ("*columns", LIST),
    ]
)
_TABLE_COLUMN = fields_of(
    [("*name", NAME), ("*title", TEXT), ("*values", LIST), ("*labels", TEXTS)]
)


def check_spec(document: object, file: str) -> SpecRecord:
    """Check the map `Spec`.

    Args:
        document: the map.
        file: its name or path, for messages.

    Returns:
        The map.

    Raises:
        FormatError: the text names key, place and value.
    """
    spec = RecordPlace(file, "the study").check(document, _SPEC)
    env = RecordPlace(file, "env").check(spec.get("env") or {}, _ENV)
    for index, entry in _each(env, "paths"):
        RecordPlace(file, _named("path dependency", index, entry)).check(entry, _PATH)
    for index, entry in _each(env, "git"):
        RecordPlace(file, _named("git dependency", index, entry)).check(entry, _GIT)
    for index, entry in _each(spec, "parameters"):
        _check_factor(RecordPlace(file, f"factor {index} of the parameters"), entry)
    for index, entry in _each(spec, "steps"):
        place = RecordPlace(file, _named("step", index, entry))
        step = place.check(entry, _STEP)
        place.inside("the resources").check(step.get("resources") or {}, _RESOURCES)
        place.inside("the failure rules").check(step.get("failure") or {}, _FAILURE)
        for number, result in _each(step, "results"):
            place.inside(f"result {number}").check(result, _RESULT)
    RecordPlace(file, "the batch block").check(spec.get("batch") or {}, _BATCH)
    return cast("SpecRecord", spec)


def _check_factor(place: RecordPlace, entry: object) -> None:
    factor = place.check(entry, _FACTOR)
    for number, each in _each(factor, "columns"):
        inner = place.inside(_named("column", number, each))
        column = inner.check(each, _COLUMN)
        if column.get("range") is not None:
            inner.inside("the range").check(column["range"], _RANGE)


def check_parameters(document: object, file: str) -> ParametersRecord:
    """Check the map `Parameters`.

    Args:
        document: the map.
        file: its name or path, for messages.

    Returns:
        The map.

    Raises:
        FormatError: the text names key, place and value.
    """
    table = cast("ParametersRecord", RecordPlace(file, "the table").check(document, _TABLE))
    rows, seen = table["rows"], set()
    for index, entry in enumerate(table["columns"]):
        place = RecordPlace(file, _named("column", index, entry))
        column = cast("TableColumnRecord", place.check(entry, _TABLE_COLUMN))
        _check_length(place, "values", column["values"], rows)
        _check_length(place, "labels", column["labels"], rows)
        if column["name"] in seen:
            place.refuse("name", column["name"], "as that of a column before it is already")
        seen.add(column["name"])
    return table


def _each(record: Mapping[str, object], key: str) -> Iterable[tuple[int, object]]:
    """Return the items of a list that was checked, with their numbers."""
    return enumerate(cast("Sequence[object]", record.get(key) or ()))


def _named(what: str, index: int, record: object) -> str:
    """Name a map by its number, and by its name where it has one."""
    name = record.get("name") if isinstance(record, Mapping) else None
    return f"{what} {index} ({name})" if isinstance(name, str) and name else f"{what} {index}"


def _check_length(place: RecordPlace, key: str, found: Sequence[object], rows: int) -> None:
    if len(found) != rows:
        place.refuse(key, found, f"{len(found)} of them, and the table has {rows} rows")
