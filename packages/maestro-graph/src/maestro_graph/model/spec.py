"""Represent a study as it was written: what `spec.msgpack` holds, typed.

Field names are those of the workspace format. Absent fields have their defaults.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from maestro_graph.model.graph import Batch, Failure, Resources, Result
from maestro_graph.model.plain import PlainValue, ScalarValue


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
    values: tuple[PlainValue, ...] | None = None
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
    results: tuple[Result, ...] = ()


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
    variables: Mapping[str, ScalarValue]
    labels: Mapping[str, ScalarValue]
    paths: Mapping[str, str]
    git: tuple[GitDependency, ...]
    parameters: tuple[Factor, ...]
    steps: tuple[SpecStep, ...]
    batch: Batch
