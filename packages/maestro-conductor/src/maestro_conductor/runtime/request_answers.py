"""Answer requests whose effect is safe, and take them away."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from maestro_conductor.core.events import RequestSeen
from maestro_conductor.core.queues import Queue
from maestro_conductor.model import records
from maestro_conductor.model.records import RequestRecord
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.runtime.file_trouble import FileTroubles
from maestro_conductor.workspace.answer_files import AnswerFiles
from maestro_conductor.workspace.atomic_write import NO_ROOM
from maestro_conductor.workspace.request_files import Request, RequestFiles, bad_path

__all__ = ["RequestAnswers"]

#: s between two tries on a full disk.
_RETRY = 0.5


@attrs.define
class _Due:
    """An answer that is to be given.

    Attributes:
        held: nothing of these may be being submitted when it is given.
        taken: the request was taken away.
    """

    request: Request
    record: RequestRecord
    held: frozenset[int]
    taken: bool = False


class RequestAnswers:
    """Answer requests: of a hold only once nothing that it holds is being submitted.

    Args:
        context: of the run.
        requests: of the workspace.
        answers: of the workspace.
        queues: of the machine.
    """

    def __init__(
        self,
        context: RunContext,
        requests: RequestFiles,
        answers: AnswerFiles,
        queues: Mapping[str, Queue],
    ) -> None:
        self._clock = context.clock
        self._log = context.log
        self._requests = requests
        self._answers = answers
        self._queues = queues
        self._due: list[_Due] = []
        self._next_try = 0.0
        self._troubles = FileTroubles(context.log)

    def add(self, request: Request, seen: RequestSeen, held: frozenset[int]) -> None:
        """Answer a request soon, whose effect is safe in the journal.

        Args:
            request: which.
            seen: what became of it.
            held: instances of which nothing may be being submitted when it is answered.
        """
        now = self._clock.wall()
        record = records.request(now, **attrs.asdict(seen))
        self._due.append(_Due(request, record, held))

    def work(self, steady: float) -> None:
        """Give the answers that can be given; one that finds no room on the disk is tried again.

        Args:
            steady: s, the time now.
        """
        if self._due and steady >= self._next_try:
            self._due = [each for each in self._due if not self._settle(each, steady)]

    def _settle(self, each: _Due, steady: float) -> bool:
        if each.held and self._being_submitted(each.held):
            return False
        name = each.request.name
        written = True
        if name is not None:
            try:
                self._answers.write(name, each.record)
            except OSError as error:
                self._troubles.tell("answers", error)
                self._next_try = steady + _RETRY
                if error.errno in NO_ROOM:  # should this conductor leave, the next one answers
                    return False
                written = False
        if not each.taken:
            each.taken = True
            self._take_away(each)
        return written

    def _being_submitted(self, held: frozenset[int]) -> bool:
        return any(i in held for queue in self._queues.values() for i in queue.submitting)

    def _take_away(self, each: _Due) -> None:
        if each.record["accepted"]:
            self._requests.done(each.request)
            return
        self._requests.reject(each.request)
        self._log.event(
            "request_rejected",
            path=str(bad_path(each.request.path)),
            reason=each.record["message"],
            request=each.record["request"],
            by=each.record["by"],
        )
