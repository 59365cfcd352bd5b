"""Read `spec.msgpack`: unknown fields are ignored, absent ones get their defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import attrs

from maestro_graph.files.header import check_header
from maestro_graph.files.map_file import read_map
from maestro_graph.files.shapes import check_spec
from maestro_graph.model.graph import Batch, Failure, Resources, Result
from maestro_graph.model.plain import ScalarValue
from maestro_graph.model.spec import Column, Factor, GitDependency, Range, Spec, SpecStep

if TYPE_CHECKING:
    from maestro_graph.files.records import (
        ColumnRecord,
        EnvRecord,
        FactorRecord,
        ResultRecord,
        SpecRecord,
        SpecStepRecord,
        VariableRow,
    )

_Made = TypeVar("_Made", bound=attrs.AttrsInstance)

_FORMAT = "maestro-spec"
#: What may stand in a spec's `requires`.
FEATURES = frozenset(
    {
        "parameters.product",
        "parameters.range",
        "parameters.csv",
        "failure",
        "launcher",
        "local_slots",
        "array",
        "user_throttle",
        "requeue",
        "enforce_walltime",
        "step_args",
        "required_results",
    }
)


def read_spec(path: str | Path) -> SpecRecord:
    """Read a ``spec.msgpack``.

    Args:
        path: the file.

    Returns:
        The document, as the format page describes record ``Spec``.

    Raises:
        FormatError: it is missing, damaged, of another format, needs what we do not know, or a
            field is not what it must be.
    """
    document = read_map(path, "the study")
    check_header(document, _FORMAT, Path(path).name, FEATURES)
    return check_spec(document, str(path))


def view(document: Mapping[str, object]) -> Spec:
    """Give a spec document its types.

    Args:
        document: record ``Spec``; absent fields get their defaults, unknown ones are ignored.

    Raises:
        FormatError: it is no spec document, or one of a version that we do not know.
    """
    check_header(document, _FORMAT, "spec.msgpack", FEATURES)
    spec = check_spec(document, "spec.msgpack")
    env: EnvRecord = spec.get("env") or {}
    return Spec(
        name=spec["name"],
        description=spec.get("description") or "",
        specroot=spec.get("specroot") or "/",
        variables=_pairs(env.get("variables")),
        labels=_pairs(env.get("labels")),
        paths={entry["name"]: entry["path"] for entry in env.get("paths") or []},
        git=tuple(_known(GitDependency, entry) for entry in env.get("git") or []),
        parameters=tuple(map(_factor, spec.get("parameters") or [])),
        steps=tuple(map(_step, spec.get("steps") or [])),
        batch=_known(Batch, spec.get("batch") or {}),
    )


def _pairs(rows: Sequence[VariableRow] | None) -> dict[str, ScalarValue]:
    """Return name → value from rows that were checked."""
    return {cast("str", row[0]): cast("ScalarValue", row[1]) for row in rows or []}


def _factor(entry: FactorRecord) -> Factor:
    return Factor(
        columns=tuple(map(_column, entry.get("columns") or [])), csv=entry.get("csv") or None
    )


def _column(entry: ColumnRecord) -> Column:
    label, values, steps = entry.get("label"), entry.get("values"), entry.get("range")
    return Column(
        name=entry["name"],
        label=label if label is None or isinstance(label, str) else tuple(label),
        values=None if values is None else tuple(values),
        range=None if steps is None else _known(Range, steps),
    )


def _step(entry: SpecStepRecord) -> SpecStep:
    failure: dict[str, object] = {**(entry.get("failure") or {})}
    for codes in ("success_codes", "retry_codes", "restart_codes"):
        if failure.get(codes) is not None:
            failure[codes] = tuple(cast("Sequence[int]", failure[codes]))
    return SpecStep(
        name=entry["name"],
        description=entry.get("description") or "",
        command=entry["command"],
        restart=entry.get("restart") or None,
        pre=entry.get("pre"),
        post=entry.get("post"),
        depends=tuple(entry.get("depends") or ()),
        resources=_known(Resources, entry.get("resources") or {}),
        failure=_known(Failure, failure),
        results=tuple(map(_result, entry.get("results") or ())),
    )


def _result(entry: ResultRecord) -> Result:
    keys = entry.get("keys")
    pairs = None if keys is None else tuple((row[0], row[1]) for row in keys)
    return attrs.evolve(_known(Result, entry), keys=pairs)


def _known(kind: type[_Made], entry: Mapping[str, object]) -> _Made:
    """Make a value of an attrs class from those fields of a record that it knows.

    nil stands for "not said", so it takes the default of fields that cannot be None.
    """
    given = {}
    for field in attrs.fields(kind):
        value = entry.get(field.name)
        if value is not None:
            given[field.name] = value
    make: Callable[..., _Made] = kind
    return make(**given)
