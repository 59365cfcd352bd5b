"""Turn requests that people make by files into events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from maestro_conductor.core.events import Event, RequestSeen
from maestro_conductor.core.granting import Granted, Grants
from maestro_conductor.runtime.request_answers import RequestAnswers
from maestro_conductor.workspace.request_files import Request, RequestFiles

__all__ = ["RequestIntake"]

#: Characters of a reason that a record keeps.
_MOST_TOLD = 1000


class RequestIntake:
    """Look for requests. A request is answered, and taken away, once its effect is safe in the journal.

    Args:
        requests: of the workspace.
        grants: decides what they lead to.
        answers: answers them.
        take_in: has the machine take in events at once.
        when_safe: has something called after the next commit that succeeds.
    """

    def __init__(
        self,
        requests: RequestFiles,
        grants: Grants,
        answers: RequestAnswers,
        take_in: Callable[[Sequence[Event]], None],
        when_safe: Callable[[Callable[[], None]], None],
    ) -> None:
        self._requests = requests
        self._grants = grants
        self._answers = answers
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
        return self._apply(self._requests.look(steady))

    def give_up_unread(self) -> list[Event]:
        """Return the refusals of what could not be read so far: the study has ended."""
        return self._apply(self._requests.give_up_unread())

    def answer(self, steady: float) -> None:
        """Answer requests whose effect is safe, and complete.

        Args:
            steady: s, the time now.
        """
        self._answers.work(steady)

    def _apply(self, requests: Sequence[Request]) -> list[Event]:
        events: list[Event] = []
        for request in requests:
            if events:
                # What was asked for before it has its effect first: it decides what can be done.
                self._take_in(events)
            events = self._events_of(request)
        return events

    def _events_of(self, request: Request) -> list[Event]:
        try:
            if request.ask is None:
                raise ValueError(request.wrong)
            granted = self._grants.grant(request.ask)
        except ValueError as error:
            granted = Granted([], 0, _as_told(str(error)))
            seen = self._seen(request, granted, accepted=False)
        else:
            seen = self._seen(request, granted, accepted=True)
        self._when_safe(partial(self._answers.add, request, seen, granted.held))
        return [*granted.events, seen]

    @staticmethod
    def _seen(request: Request, granted: Granted, *, accepted: bool) -> RequestSeen:
        text = request.name or request.kind if request.ask is None else request.ask.text
        return RequestSeen(
            request.kind, request.by, _as_told(text), granted.instances, accepted, granted.message
        )


def _as_told(text: str) -> str:
    """Return a text that may hold anything as UTF-8 can have it, and not too long."""
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _MOST_TOLD else f"{text[: _MOST_TOLD - 3]}..."
