"""A tolerant reader of `spec.msgpack`: unknown fields are ignored, absent ones have defaults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from maestro_graph.files.atomic_write import read_map
from maestro_graph.files.headers import check_header
from maestro_graph.files.shapes import check_spec
from maestro_graph.model.graph import Batch, Failure, Resources

_FORMAT = "maestro-spec"
_KNOWN_FEATURES = frozenset(
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


@attrs.frozen(kw_only=True)
class GitDependency:
    """A repository to clone to ``<path>/<name>``; at most one of tag, hash and branch is set."""

    name: str
    path: str
    url: str
    tag: str | None = None
    hash: str | None = None
    branch: str | None = None


@attrs.frozen(kw_only=True)
class Range:
    """Values from ``start`` to ``stop``, by ``step`` or ``num`` of them."""

    start: int | float
    stop: int | float
    step: int | float | None = None
    num: int | None = None


@attrs.frozen(kw_only=True)
class Column:
    """One parameter of a factor; values None: a range or the CSV file gives them."""

    name: str
    label: str | tuple[str, ...] | None = None
    values: tuple[Any, ...] | None = None
    range: Range | None = None


@attrs.frozen(kw_only=True)
class Factor:
    """One factor of the product of parameters; its columns are zipped."""

    columns: tuple[Column, ...] = ()
    csv: str | None = None


@attrs.frozen(kw_only=True)
class SpecStep:
    """A step as written."""

    name: str
    description: str = ""
    command: str = ""
    restart: str | None = None
    pre: str | None = None
    post: str | None = None
    depends: tuple[str, ...] = ()
    resources: Resources = attrs.field(factory=Resources)
    failure: Failure = attrs.field(factory=Failure)


@attrs.frozen(kw_only=True)
class Spec:
    """The normalised study.

    Attributes:
        variables: name → value, in the order of the file.
        labels: name → text that may hold parameter tokens.
        paths: name → path as written.
    """

    name: str
    description: str
    specroot: str
    variables: Mapping[str, Any]
    labels: Mapping[str, Any]
    paths: Mapping[str, str]
    git: tuple[GitDependency, ...]
    parameters: tuple[Factor, ...]
    steps: tuple[SpecStep, ...]
    batch: Batch


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
    check_header(document, _FORMAT, Path(path).name, _KNOWN_FEATURES)
    check_spec(document, str(path))
    return dict(document)


def view(document: Mapping[str, Any]) -> Spec:
    """Give a spec document its types.

    Args:
        document: record ``Spec``; absent fields get their defaults, unknown ones are ignored.

    Raises:
        FormatError: it is no spec document, or one of a version that we do not know.
    """
    check_header(document, _FORMAT, "spec.msgpack", _KNOWN_FEATURES)
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
