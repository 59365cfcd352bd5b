"""Count the pending dependencies of each instance, at the cost of what changed."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from maestro_conductor.core.study_state import NONE, StudyState
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.states import (
    FAILED,
    FINISHED,
    HWFAILURE,
    INITIALIZED,
    SKIPPED,
    TIMEDOUT,
)

__all__ = ["DependencyCounters", "mark_queued"]


def satisfied(graph: Graph, state: StudyState, i: int) -> bool:
    """Tell whether what waits for the instance may run, as far as this one goes."""
    code = state.state[i]
    if code in (FINISHED, SKIPPED):
        return True
    # A step that failed because one before it did has no submission; nothing allows that.
    return (
        code in (FAILED, TIMEDOUT, HWFAILURE)
        and state.submitted[i] != NONE
        and graph.failure(i).allow_failure
    )


def _pending(graph: Graph, state: StudyState) -> tuple[array[int], list[int]]:
    """Return for each instance the number of its unsatisfied needs; for each step, of its instances."""
    done = bytearray(len(graph))
    for i, code in enumerate(state.state):
        if code in (FINISHED, SKIPPED) or (
            code in (FAILED, TIMEDOUT, HWFAILURE) and satisfied(graph, state, i)
        ):
            done[i] = 1
    left = [step.count - sum(done[step.first : step.first + step.count]) for step in graph.steps]
    pending = array("I", bytes(4 * len(graph)))
    needs, start = graph.needs, graph.need_start
    low = 0
    for i in range(len(graph)):
        high = start[i + 1]
        if high != low:
            pending[i] = high - low - sum([done[need] for need in needs[low:high]])
            low = high
    for i, steps in graph.groups.items():
        pending[i] += sum([1 for step in steps if left[step]])
    return pending, left


def mark_queued(graph: Graph, state: StudyState) -> array[int]:
    """Set the instances whose needs are all satisfied to QUEUED; return the pending counters."""
    pending, _ = _pending(graph, state)
    _mark(state, pending)
    return pending


def _mark(state: StudyState, pending: array[int]) -> None:
    for i, code in enumerate(state.state):
        if code == INITIALIZED and not pending[i]:
            state.mark_queued(i)


class DependencyCounters:
    """Holds the edges of a graph, turned around, and what is still to be waited for.

    Attributes:
        pending: for each instance, how many needs and groups are not satisfied.
    """

    def __init__(self, graph: Graph, state: StudyState) -> None:
        self._graph = graph
        self._state = state
        self._child_start, self._children = _turned(graph)
        self._waiters: dict[int, list[int]] = {}
        for i, steps in graph.groups.items():
            for step in steps:
                self._waiters.setdefault(step, []).append(i)
        self.pending: array[int] = array("I")
        self._left: list[int] = []
        self._failed_groups: set[int] = set()
        self.rebuild()

    def rebuild(self) -> None:
        """Count anew, as after a resume, and mark what may run."""
        self.pending, self._left = _pending(self._graph, self._state)
        self._failed_groups.clear()
        _mark(self._state, self.pending)

    def release(self, i: int) -> list[int]:
        """Return the instances that may run now, as this one is satisfied."""
        ready = []
        pending = self.pending
        for child in self._children[self._child_start[i] : self._child_start[i + 1]]:
            pending[child] -= 1
            if not pending[child] and self._state.state[child] == INITIALIZED:
                ready.append(child)
        step = self._graph.step_of[i]
        self._left[step] -= 1
        if not self._left[step]:
            for waiter in self._waiters.get(step, ()):
                pending[waiter] -= 1
                if not pending[waiter] and self._state.state[waiter] == INITIALIZED:
                    ready.append(waiter)
        return ready

    def doomed(self, i: int) -> Iterator[int]:
        """Return what can never run because the instance ended badly: all that waits for it, in order.

        The caller changes the state of each before it asks for the next.
        """
        stack = [i]
        while stack:
            current = stack.pop()
            for child in self._next(current):
                if self._state.state[child] == INITIALIZED:
                    yield child
                    stack.append(child)

    def descendants(self, i: int) -> Iterator[int]:
        """Return all instances that wait for this one, directly or not, whatever their state."""
        seen = {i}
        stack = [i]
        while stack:
            current = stack.pop()
            step = self._graph.step_of[current]
            for child in (*self._direct(current), *self._waiters.get(step, ())):
                if child not in seen:
                    seen.add(child)
                    stack.append(child)
                    yield child

    def _direct(self, i: int) -> array[int]:
        return self._children[self._child_start[i] : self._child_start[i + 1]]

    def _next(self, i: int) -> Iterator[int]:
        yield from self._direct(i)
        # Each group dooms its waiters once, however many of its members fail.
        step = self._graph.step_of[i]
        if step in self._waiters and step not in self._failed_groups:
            self._failed_groups.add(step)
            yield from self._waiters[step]


def _turned(graph: Graph) -> tuple[array[int], array[int]]:
    """Return the children of each instance: ``children[start[i]:start[i + 1]]``, in graph order."""
    size = len(graph)
    start = array("I", bytes(4 * (size + 1)))
    for need in graph.needs:
        start[need + 1] += 1
    total = 0
    for i in range(size + 1):
        total += start[i]
        start[i] = total
    children = array("I", bytes(4 * len(graph.needs)))
    place = start[:]
    low = 0
    for i in range(size):
        high = graph.need_start[i + 1]
        for need in graph.needs[low:high]:
            children[place[need]] = i
            place[need] += 1
        low = high
    return start, children
