"""Amend a study while its conductor runs: what that changes ends first, then the new graph is in force."""

from __future__ import annotations

import os

import attrs

from maestro_conductor.core.amendment import AmendPlan, make_plan
from maestro_conductor.core.events import AmendAsked, RequestSeen
from maestro_conductor.core.graph_difference import Difference
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.errors import WorkspaceError
from maestro_conductor.journal.writer import JournalWriter
from maestro_conductor.model import records
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.requests import AmendAsk
from maestro_conductor.runtime.amendment_reading import make_amendment, read_difference
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.runtime.request_answers import RequestAnswers
from maestro_conductor.workspace.amendment_files import keep_study_file, staged_folder
from maestro_conductor.workspace.request_files import Request
from maestro_conductor.workspace.run_file import read_run_record

__all__ = ["Amending"]


class Amending:
    """Takes in one amendment at a time.

    Args:
        context: of the run.
        state: of the study.
        journal: takes records; the amended study has another one.
        answers: answers requests.
        known: a difference that was read before, of whichever amendment.
        closed: why nobody runs the study once it is amended; None: it goes on.

    Attributes:
        amended: the new graph, once it is in force: the conductor has to begin anew.
    """

    def __init__(
        self,
        context: RunContext,
        state: StudyState,
        journal: JournalWriter,
        answers: RequestAnswers,
        *,
        known: Difference | None = None,
        closed: str | None = None,
    ) -> None:
        self._context = context
        self._state = state
        self._journal = journal
        self._answers = answers
        self._request: Request | None = None
        self._difference = known
        self._closed = closed
        #: What was planned, and when, in changes of the state.
        self._planned: tuple[AmendPlan, int] | None = None
        self.amended: Graph | None = None

    @property
    def waits(self) -> bool:
        """Whether an amendment waits for the ends of what it changes."""
        return self._request is not None

    def begin(self, request: Request) -> AmendAsked | None:
        """Take up a request.

        Returns:
            What the machine has to hear; None: it is in force already.

        Raises:
            ValueError: it is refused; the text says why.
        """
        asked = _asked(request)
        if asked.amendment == self._context.graph.amendment:  # a conductor died after it was done
            return None
        if self._request is not None:
            raise ValueError("another amendment is being taken in just now")
        if self._state.cancelling and self._state.in_flight():
            raise ValueError("the study is being cancelled: amend it when it has ended")
        self._difference = self._read(asked.amendment)
        self._planned = None
        self._request = request
        return AmendAsked(self._plan(self._difference, asked).to_stop)

    def drop(self) -> Request | None:
        """Give up the amendment that waits, and return its request; None: none waits."""
        request, self._request = self._request, None
        return request

    def commit(self) -> AmendAsked | None:
        """Amend the study, as the machine says that it may.

        Returns:
            What the machine has to hear first; None: it is amended.

        Raises:
            OSError: it could not be written; the study is as it was.
        """
        request, difference = self._request, self._difference
        if request is None or difference is None:
            raise RuntimeError("no amendment waits")
        asked = _asked(request)
        plan = self._plan(difference, asked)
        if plan.to_stop:
            return AmendAsked(plan.to_stop)
        root, wall = self._context.root, self._context.clock.wall()
        told = ", ".join(f"{name} {count}" for name, count in plan.counts.items())
        text = "amend" if request.ask is None else request.ask.text
        concerned = len(plan.changed) + len(plan.again) + len(plan.new) + len(plan.gone)
        seen = RequestSeen("amend", request.by, text, concerned, True, told)
        amendment = attrs.evolve(
            make_amendment(
                root,
                plan,
                difference.new,
                study_id=os.urandom(6).hex(),
                by=request.by,
                time=wall,
                closed=self._closed,
            ),
            request=records.request(wall, **attrs.asdict(seen)),
        )
        number = len(self._state.amended) + 1
        keep_study_file(root, number, read_run_record(root).get("study_file"))
        self._journal.amend(self._state, wall, amendment)
        self.amended = difference.new
        self._context.log.event("study_amended", reason=told)
        self._answers.add(request, seen, frozenset())
        self._answers.work(self._context.clock.steady())
        return None

    def _read(self, amendment: str) -> Difference:
        """Return what an amendment makes of the study.

        Raises:
            ValueError: it cannot be read, or does not fit; the text says why.
        """
        known = self._difference
        if known is not None and known.new.amendment == amendment:
            return known
        root = self._context.root
        try:
            return read_difference(
                root,
                staged_folder(root, amendment),
                in_force=self._context.graph.file,
                amendment=amendment,
            )
        except (WorkspaceError, OSError) as error:
            raise ValueError(str(error)) from error

    def _plan(self, difference: Difference, asked: AmendAsk) -> AmendPlan:
        """Plan, unless nothing has changed since that was done."""
        if self._planned is None or self._planned[1] != self._state.changes:
            plan = make_plan(
                difference, self._state, only_new=asked.only_new, descendants=asked.descendants
            )
            self._planned = plan, self._state.changes
        return self._planned[0]


def _asked(request: Request) -> AmendAsk:
    if request.ask is None or request.ask.amend is None:
        raise RuntimeError(f"{request.path} asks for no amendment")
    return request.ask.amend
