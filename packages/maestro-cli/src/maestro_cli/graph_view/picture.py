"""Hold what is drawn: nodes and edges, and the rule what colour a node has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

__all__ = ["Edge", "Kind", "Node", "Picture", "Tone", "tone_of"]

#: ``rest`` stands for instances that are not drawn, ``all`` for the end of all of a step.
Kind = Literal["step", "instance", "rest", "all"]
Tone = Literal["none", "wait", "run", "ok", "bad", "off"]

_BAD = frozenset({"FAILED", "TIMEDOUT", "HWFAILURE", "INCOMPLETE"})
_OK = frozenset({"FINISHED", "SKIPPED", "DRYRUN"})
_RUN = frozenset({"PENDING", "RUNNING", "FINISHING", "UNKNOWN"})


@frozen
class Node:
    """A step, an instance, or what stands for several.

    Attributes:
        name: As the study has it: anybody's text.
        detail: What is said below it; empty: nothing.
        kind: What it is.
        counts: State → how many of its instances have it; empty: it has none, as of a study file.
    """

    name: str
    detail: str = ""
    kind: Kind = "step"
    counts: Mapping[str, int] = field(factory=dict)

    @property
    def tone(self) -> Tone:
        """What its colour is to say."""
        return tone_of(self.counts)


@frozen(order=True)
class Edge:
    """``target`` waits for ``source``: indices of nodes.

    Attributes:
        every: The target waits for all instances of the source, not only for its own.
    """

    source: int
    target: int
    every: bool = False


@frozen
class Picture:
    """A graph without circles.

    Attributes:
        title: The study's name.
        nodes: Each stands behind those that it waits for.
        edges: Each pair once.
        notes: What the picture leaves out, one sentence each.
    """

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    notes: tuple[str, ...] = ()


def tone_of(counts: Mapping[str, int]) -> Tone:
    """Return the tone of the worst state among some instances."""
    states = {state for state, number in counts.items() if number}
    if not states:
        return "none"
    if states & _BAD:
        return "bad"
    if "CANCELLED" in states:
        return "off"
    if states & _RUN:
        return "run"
    return "ok" if states <= _OK else "wait"
