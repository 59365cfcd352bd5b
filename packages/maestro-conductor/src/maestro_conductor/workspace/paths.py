"""List where the files of a workspace are, relative to its root."""

from __future__ import annotations

__all__ = [
    "AMENDMENTS",
    "ANSWERS",
    "CLAIMED",
    "CONDUCTOR",
    "EARLIER_STUDY_FILES",
    "GRAPH",
    "JOURNAL",
    "LOCK",
    "ON_END",
    "PRIVATE",
    "REQUESTS",
    "RUN",
]

PRIVATE = ".maestro"
GRAPH = ".maestro/graph.msgpack"
RUN = ".maestro/run.msgpack"
JOURNAL = ".maestro/journal.msgpack"
LOCK = ".maestro/lock"
ON_END = ".maestro/on-end.json"
CONDUCTOR = ".maestro/conductor.msgpack"
REQUESTS = ".maestro/requests"
CLAIMED = ".maestro/claimed"
AMENDMENTS = ".maestro/amendments"
ANSWERS = ".maestro/answers"
EARLIER_STUDY_FILES = "meta/amendments"
