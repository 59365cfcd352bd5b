"""Read `spec.msgpack`: unknown fields are ignored, absent ones get their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from maestro_graph.files.atomic_write import read_map
from maestro_graph.files.header import check_header
from maestro_graph.files.shapes import check_spec
from maestro_graph.model.graph import Batch, Failure, Resources
from maestro_graph.model.spec import Column, Factor, GitDependency, Range, Spec, SpecStep

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
    }
)


def read_spec(path: str | Path) -> dict[str, Any]:
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
    check_spec(document, str(path))
    return dict(document)


def view(document: Mapping[str, Any]) -> Spec:
    """Give a spec document its types.

    Args:
        document: record ``Spec``; absent fields get their defaults, unknown ones are ignored.

    Raises:
        FormatError: it is no spec document, or one of a version that we do not know.
    """
    check_header(document, _FORMAT, "spec.msgpack", FEATURES)
    check_spec(document, "spec.msgpack")
    env = document.get("env") or {}
    return Spec(
        name=document["name"],
        description=document.get("description") or "",
        specroot=document.get("specroot") or "/",
        variables={row[0]: row[1] for row in env.get("variables") or []},
        labels={row[0]: row[1] for row in env.get("labels") or []},
        paths={entry["name"]: entry["path"] for entry in env.get("paths") or []},
        git=tuple(_known(GitDependency, entry) for entry in env.get("git") or []),
        parameters=tuple(map(_factor, document.get("parameters") or [])),
        steps=tuple(map(_step, document.get("steps") or [])),
        batch=_known(Batch, document.get("batch") or {}),
    )


def _factor(entry: Mapping[str, Any]) -> Factor:
    return Factor(
        columns=tuple(map(_column, entry.get("columns") or [])), csv=entry.get("csv") or None
    )


def _column(entry: Mapping[str, Any]) -> Column:
    label, values, steps = entry.get("label"), entry.get("values"), entry.get("range")
    return Column(
        name=entry["name"],
        label=tuple(map(str, label)) if isinstance(label, list | tuple) else label,
        values=None if values is None else tuple(values),
        range=None if steps is None else _known(Range, steps),
    )


def _step(entry: Mapping[str, Any]) -> SpecStep:
    failure = dict(entry.get("failure") or {})
    for codes in ("success_codes", "retry_codes", "restart_codes"):
        if failure.get(codes) is not None:
            failure[codes] = tuple(failure[codes])
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
    )


def _known(kind: type[Any], entry: Mapping[str, Any]) -> Any:
    """Make a value of an attrs class from those fields of a record that it knows.

    nil stands for "not said", so it takes the default of fields that cannot be None.
    """
    given = {}
    for field in attrs.fields(kind):
        value = entry.get(field.name)
        if value is not None:
            given[field.name] = value
    return kind(**given)
