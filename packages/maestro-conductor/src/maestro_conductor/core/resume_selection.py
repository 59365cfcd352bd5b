"""Select the instances that a resume request means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from maestro_conductor.core.dependencies import DependencyCounters, satisfied
from maestro_conductor.core.selection import ValuesOf
from maestro_conductor.core.selection import select as selected
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.states import (
    CANCELLED,
    DRYRUN,
    FAILED,
    FINAL,
    FINISHED,
    HWFAILURE,
    IN_FLIGHT,
    INITIALIZED,
    QUEUED,
    SKIPPED,
    TIMEDOUT,
    WAITING,
)

__all__ = ["select"]

_WRONG = frozenset({FAILED, TIMEDOUT, HWFAILURE, CANCELLED, DRYRUN})
#: What waits for one of these never runs.
_LEFT = FINAL - {FINISHED, SKIPPED}


def select(
    graph: Graph,
    state: StudyState,
    names: Sequence[str] | None,
    where: Sequence[str] | None = None,
    values_of: ValuesOf = lambda _instance: {},
) -> list[int]:
    """Return the instances that are to run again, in order; their descendants come along.

    Args:
        graph: the study.
        state: how far it came.
        names: of steps or instances, ``*`` allowed; None: all that failed, timed out or were
            cancelled. Finished steps run again only if they, or one before them, are named.
        where: conditions on parameters, which narrow that; None: none.
        values_of: the values of an instance's parameters.

    Raises:
        ValueError: a name or a condition fits nothing, or something that would have to run again is
            running.
    """
    if names is None and not where:
        wrong = [i for i, code in enumerate(state.state) if code in _WRONG]
        return sorted({*wrong, *_begun_after(graph, state, wrong)})
    chosen = set(selected(graph, values_of, names, where))
    if names is None:
        chosen = {i for i in chosen if state.state[i] in _WRONG}
        if not chosen:
            raise ValueError(f"nothing that fits {', '.join(where or ())} is to be run again")
    # Where nothing was run, a part cannot run alone: it waits for what stands before it.
    chosen.update(i for i, code in enumerate(state.state) if code == DRYRUN)
    named = sorted(chosen)
    counters = DependencyCounters(graph, state)
    for i in named:
        # What was skipped stays so, unless it is named itself.
        chosen.update(j for j in counters.descendants(i) if state.state[j] != SKIPPED)
    _refuse_running(graph, state, chosen)
    missing = [
        (i, need)
        for i in named
        for need in graph.needs_of(i)
        if need not in chosen and state.state[need] in _LEFT
    ]
    for i, need in missing:
        if not graph.failure(need).allow_failure:
            raise ValueError(
                f"{graph.names[i]} waits for {graph.names[need]}, which has not finished: name "
                f"that one, too"
            )
    return [i for i in sorted(chosen) if state.state[i] != INITIALIZED]


def _begun_after(graph: Graph, state: StudyState, wrong: Iterable[int]) -> set[int]:
    """Return what an allowed failure has let through and is not in flight yet: it waits again."""
    allowed = [i for i in wrong if satisfied(graph, state, i)]
    if not allowed:
        return set()
    counters = DependencyCounters(graph, state)
    after = {j for i in allowed for j in counters.descendants(i)}
    _refuse_running(graph, state, after)
    return {j for j in after if state.state[j] in (QUEUED, WAITING)}


def _refuse_running(graph: Graph, state: StudyState, instances: Iterable[int]) -> None:
    running = [i for i in sorted(instances) if state.state[i] in IN_FLIGHT]
    if running:
        raise ValueError(f"{graph.names[running[0]]} is running; cancel it first, or wait for it")
