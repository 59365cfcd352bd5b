"""Describe the maps of a workspace's files as far as they are read here.

All fields: the workspace format page. The readers of ``maestro_conductor`` have checked the maps.
"""

from __future__ import annotations

from typing import TypedDict

__all__ = ["GraphHead", "InstanceRecord", "RunRecord", "StepRecord"]


class GraphHead(TypedDict):
    """The first map of ``graph.msgpack``; `Graph` on the format page."""

    name: str
    root: str | None
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


class _Run(TypedDict):
    study_id: str
    created: int


class RunRecord(_Run, total=False):
    """The map of ``run.msgpack``; `Run` on the format page."""

    root: str
