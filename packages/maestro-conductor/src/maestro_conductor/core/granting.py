"""Decide what a request leads to: events for the machine, or a refusal that says why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import attrs

from maestro_conductor.core.events import (
    CancelAsked,
    Event,
    HoldAsked,
    ReleaseAsked,
    ResumeAsked,
    SkipAsked,
)
from maestro_conductor.core.resume_selection import select as select_again
from maestro_conductor.core.selection import ValuesOf, select
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.requests import Ask
from maestro_conductor.model.states import FINAL, FINISHED, IN_FLIGHT, NAMES, SKIPPED

__all__ = ["BATCH_KEYS", "Granted", "Grants"]

#: Batch keys that may change for jobs which are not submitted yet.
BATCH_KEYS = ("bank", "queue", "reservation", "qos", "nodes", "procs", "gpus")

#: Batch keys in force → why no job can be made with them; None: one can.
BatchTrouble: TypeAlias = Callable[[Mapping[str, object]], str | None]


@attrs.frozen
class Granted:
    """What a request leads to.

    Attributes:
        events: for the machine.
        instances: how many it concerns.
        message: what it does, for people.
        held: instances of which nothing may be being submitted when it is answered.
    """

    events: Sequence[Event]
    instances: int
    message: str
    held: frozenset[int] = frozenset()


@attrs.frozen
class Grants:
    """Decides what requests lead to.

    Attributes:
        graph: the study.
        state: how far it came.
        values_of: the values of an instance's parameters.
        batch_trouble: tells whether jobs can be made with batch keys.
    """

    graph: Graph
    state: StudyState
    values_of: ValuesOf
    batch_trouble: BatchTrouble

    def grant(self, ask: Ask) -> Granted:
        """Return what a request leads to.

        Raises:
            ValueError: it cannot be granted; the text says why.
        """
        return _KINDS[ask.kind](self, ask)

    def _selected(self, ask: Ask) -> list[int]:
        return select(self.graph, self.values_of, ask.selection.steps, ask.selection.where)

    # -- one for each kind of request --

    def _resume(self, ask: Ask) -> Granted:
        selection = ask.selection
        chosen = select_again(
            self.graph, self.state, selection.steps, selection.where, self.values_of
        )
        events: list[Event] = [ResumeAsked(chosen)]
        if ask.settings is not None:
            events.append(ask.settings)
        held = sum(i in self.state.held for i in chosen)
        more = f"; {held} of them when released" if held else ""
        return Granted(events, len(chosen), f"{_count(chosen)} will run again{more}")

    def _hold(self, ask: Ask) -> Granted:
        codes = self.state.state
        chosen = [i for i in self._selected(ask) if codes[i] not in (FINISHED, SKIPPED)]
        goes_on = sum(codes[i] in IN_FLIGHT for i in chosen)
        more = f"; {goes_on} of them in flight, what runs goes on" if goes_on else ""
        message = f"{_count(chosen)} held{more}" if chosen else "nothing to hold: all have finished"
        return Granted([HoldAsked(chosen)], len(chosen), message, frozenset(chosen))

    def _release(self, ask: Ask) -> Granted:
        chosen = [i for i in self._selected(ask) if i in self.state.held]
        message = f"{_count(chosen)} released" if chosen else "nothing of this was held"
        return Granted([ReleaseAsked(chosen)], len(chosen), message)

    def _skip(self, ask: Ask) -> Granted:
        codes = self.state.state
        chosen = [i for i in self._selected(ask) if codes[i] not in (FINISHED, SKIPPED)]
        flying = [i for i in chosen if codes[i] in IN_FLIGHT]
        if flying:
            name = f"{self.graph.names[flying[0]]} is {NAMES[codes[flying[0]]]}"
            more = f", and so are {len(flying) - 1} more in flight" if len(flying) > 1 else ""
            raise ValueError(f"{name}{more}: cancel what is in flight first, or wait for its end")
        message = f"{_count(chosen)} skipped" if chosen else "nothing to skip: all have finished"
        return Granted([SkipAsked(chosen)], len(chosen), message)

    def _cancel(self, ask: Ask) -> Granted:
        if ask.selection.empty:
            left = self.state.unfinished()
            message = "the study is cancelled" if left else "the study had ended"
            return Granted([CancelAsked()], left, message)
        codes = self.state.state
        chosen = [i for i in self._selected(ask) if codes[i] not in FINAL]
        message = (
            f"{_count(chosen)} cancelled, and what waits for them"
            if chosen
            else "nothing to cancel: all of this has ended"
        )
        return Granted([CancelAsked(chosen)], len(chosen), message)

    def _update(self, ask: Ask) -> Granted:
        change = ask.settings
        if change is None:
            return Granted([], 0, "nothing was to be changed")
        if change.batch:
            self._check_batch(change.batch)
            new = self.state.settings.changed(change).batch
            if (trouble := self.batch_trouble(new)) is not None:
                raise ValueError(f"no job can be made with these batch keys: {trouble}")
        words = ", ".join(change.words())
        return Granted([change], 0, words or "nothing was to be changed")

    def _check_batch(self, batch: Mapping[str, object]) -> None:
        if self.graph.batch.get("type", "local") == "local":
            raise ValueError("the study runs on this machine: no job of it has batch keys")
        wrong = [key for key in batch if key not in BATCH_KEYS]
        if wrong:
            raise ValueError(
                f"the batch key {wrong[0]} cannot be changed while the study is under way; "
                f"those that can are {', '.join(BATCH_KEYS)}"
            )


_KINDS: Mapping[str, Callable[[Grants, Ask], Granted]] = {
    "resume": Grants._resume,
    "hold": Grants._hold,
    "release": Grants._release,
    "skip": Grants._skip,
    "cancel": Grants._cancel,
    "update": Grants._update,
}


def _count(instances: Sequence[int]) -> str:
    return f"{len(instances)} instance{'s' if len(instances) != 1 else ''}"
