"""Tell a progress bar how far a study is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence

import attrs

from maestro_conductor.core.study_state import NONE, StudyState
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.records import Record
from maestro_conductor.model.states import FAILED, FINAL, NAMES

__all__ = ["Progress", "ProgressReporter", "StepProgress"]

#: s between two reports.
_PAUSE = 0.25
#: Most ends in a report.
_MOST_ENDS = 100
_FINAL_NAMES = frozenset(NAMES[code] for code in FINAL)


@attrs.frozen
class StepProgress:
    """How far a step is.

    Attributes:
        name: of the step.
        total: number of its instances.
        counts: state → how many of them are in it; states without any are left out.
        blocked: how many of those that failed never ran, because another instance failed.
    """

    name: str
    total: int
    counts: Mapping[str, int]
    blocked: int


def _no_steps() -> Sequence[StepProgress]:
    return ()


@attrs.frozen
class Progress:
    """How far a study is.

    Attributes:
        counts: state → how many instances are in it; states without any are left out.
        total: number of instances.
        ended: name and state of those that ended since the last time, at most the last 100; not
            of those that never ran because another failed.
        paused: why nothing goes on (a full disk); None: it does.
        steps: returns the same by step, as of now: it costs time only where it is called.
    """

    counts: Mapping[str, int]
    total: int
    ended: Sequence[tuple[str, str]]
    paused: str | None = None
    steps: Callable[[], Sequence[StepProgress]] = _no_steps


class ProgressReporter:
    """Report progress a few times a second while things change.

    Args:
        graph: what is run.
        state: how far it is.
        observer: gets reports; None: nobody wants them.
    """

    def __init__(
        self, graph: Graph, state: StudyState, observer: Callable[[Progress], None] | None
    ) -> None:
        self._graph = graph
        self._state = state
        self._observer = observer
        self._next = 0.0
        self._reported = -1
        self._ended: deque[tuple[str, str]] = deque(maxlen=_MOST_ENDS)

    def follow(self, record: Record) -> None:
        """Note the ends in a record, for the next report."""
        if self._observer is None or record["kind"] != "state":
            return
        for row in record["steps"]:
            if row[2] in _FINAL_NAMES and not self._is_blocked(row[0]):
                self._ended.append((self._graph.names[row[0]], row[2]))

    def work(self, steady: float, paused: str | None, *, last: bool = False) -> None:
        """Report where something has changed.

        Args:
            steady: s, the time now.
            paused: why nothing goes on; None: it does.
            last: this is the last report: it is due now.
        """
        if self._observer is None or self._reported == self._state.changes:
            return
        if not last and steady < self._next:
            return
        self._next = steady + _PAUSE
        self._reported = self._state.changes
        counts = {NAMES[code]: n for code, n in enumerate(self._state.counts) if n}
        ended = tuple(self._ended)
        self._observer(Progress(counts, len(self._state), ended, paused, self._steps))
        self._ended.clear()

    def _is_blocked(self, i: int) -> bool:
        return self._state.state[i] == FAILED and self._state.submitted[i] == NONE

    def _steps(self) -> Sequence[StepProgress]:
        state = self._state
        there = [code for code, number in enumerate(state.counts) if number]
        found = []
        for step in self._graph.steps:
            part = bytes(state.state[step.first : step.first + step.count])
            counts = {NAMES[code]: number for code in there if (number := part.count(code))}
            blocked = 0
            if "FAILED" in counts:
                blocked = sum(map(self._is_blocked, range(step.first, step.first + step.count)))
            found.append(StepProgress(step.name, step.count, counts, blocked))
        return found
