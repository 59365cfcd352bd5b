"""Turn requests that people make by files into events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from maestro_conductor.core.events import CancelAsked, Event, ResumeAsked
from maestro_conductor.core.resume_selection import select
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.runtime.amending import Amending
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.workspace.request_files import Request, RequestFiles

__all__ = ["RequestIntake"]


class RequestIntake:
    """Look for requests. A request is taken away once its effect is safe in the journal.

    Args:
        context: of the run.
        requests: of the workspace.
        state: of the study; a resume chooses among its instances.
        take_in: has the machine take in events at once.
        when_safe: has something called after the next commit that succeeds.
        amending: takes in amendments.
    """

    def __init__(
        self,
        context: RunContext,
        requests: RequestFiles,
        state: StudyState,
        take_in: Callable[[Sequence[Event]], None],
        when_safe: Callable[[Callable[[], None]], None],
        amending: Amending,
    ) -> None:
        self._graph = context.graph
        self._requests = requests
        self._state = state
        self._amending = amending
        self._take_in = take_in
        self._when_safe = when_safe

    def find_claimed(self) -> None:
        """Take up what an earlier conductor claimed and did not apply; to be called once."""
        self._requests.find_claimed()

    def look(self, steady: float) -> list[Event]:
        """Return what is asked for, the oldest first.

        Args:
            steady: s, the time now.

        Raises:
            OSError: a request could not be claimed; it stays where it is.
        """
        events: list[Event] = []
        for request in self._requests.look(steady):
            self._apply(request, events)
        return events

    def reject_unread(self) -> None:
        """Keep aside what could not be read so far: the study has ended."""
        self._requests.reject_unread()

    def _apply(self, request: Request, events: list[Event]) -> None:
        if request.kind == "amend":
            self._take_in(events)
            events.clear()
            asked = self._amending.begin(request)  # which takes the request away when it is done
            if asked is not None:
                events.append(asked)
            return
        if request.kind == "resume":
            # What was asked for before it has its effect first: it decides what can be resumed.
            self._take_in(events)
            events.clear()
            try:
                chosen = select(self._graph, self._state, request.steps)
            except ValueError as error:
                self._requests.reject(request.path, str(error))
                return
            events.append(ResumeAsked(chosen))
        if request.kind == "cancel":
            dropped = self._amending.drop("the study was cancelled meanwhile")
            events += [CancelAsked()] if dropped is None else [dropped, CancelAsked()]
        if request.settings is not None:
            events.append(request.settings)
        self._when_safe(partial(self._requests.done, request))
