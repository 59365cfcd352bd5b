"""Describe the maps of a workspace's files as far as they are read here.

All fields: the workspace format page. The readers of ``maestro_conductor`` have checked the maps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

__all__ = ["GraphHead", "InstanceRecord", "RunRecord", "StepRecord"]


class _AddedToHead(TypedDict, total=False):
    """Fields of the first map that not every graph has."""

    amendment: str


class GraphHead(_AddedToHead):
    """The first map of ``graph.msgpack``; `Graph` on the format page."""

    name: str
    root: str | None
    hashws: bool
    steps: int
    instances: int


class StepRecord(TypedDict):
    """A step in ``graph.msgpack``; `GraphStep` on the format page."""

    name: str
    first: int
    count: int


class InstanceRecord(TypedDict):
    """An instance in ``graph.msgpack``; `Instance` on the format page."""

    label: str
    script: str


class _AddedToRun(TypedDict, total=False):
    """Fields of ``run.msgpack`` that files of version 1.0 lack."""

    pargs: Mapping[str, str]
    started_in: str
    root: str


class RunRecord(_AddedToRun):
    """The map of ``run.msgpack``; `Run` on the format page."""

    study_id: str
    created: int
    study_file: str
    pgen_file: str | None
    throttle: int
    rlimit: int
    attempts: int
    sleep: int | float
    usetmp: bool
    dry: bool
    variables: Mapping[str, str]
    batch: Mapping[str, str]
