"""Run scheduled steps: a scheduler's calls in a thread of their own, and when to poll."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from maestro_conductor.backends.protocol import (
    Adapter,
    CancelAnswer,
    FindAnswer,
    PollAnswer,
    SubmitAnswer,
)
from maestro_conductor.backends.submitter import Answer, Submitter, file_trouble, withdrawn
from maestro_conductor.backends.worker_thread import AdapterWorker, Worker
from maestro_conductor.core.backoff import next_poll_pause
from maestro_conductor.core.events import Answers, Event, Found, Polled
from maestro_conductor.core.instructions import Submission
from maestro_conductor.core.queues import ARRAY_BATCH, SCHEDULED

__all__ = ["SchedulerBackend"]

_T = TypeVar("_T")

#: Jobs in one call of ``submit``, unless equal jobs become arrays: so polls come through.
_SUBMIT_AT_ONCE = 25
#: s until a cancellation that was refused is asked for again.
_CANCEL_AGAIN = 5.0
#: Most refused cancellations of one call that are logged.
_MOST_LOGGED = 3


class SchedulerBackend:
    """Have a scheduler's calls made off the loop's thread.

    Args:
        adapter: of the scheduler.
        submitter: submits attempts.
        answered: called from the thread when there is an answer.
        note: logs an event: name and fields.
        array: equal jobs become arrays.
        worker: starts what makes the calls.

    Attributes:
        asking: whether it can be reached was asked, and is not known yet.
        trouble: why it takes nothing; None: as far as is known, it does.
    """

    def __init__(
        self,
        adapter: Adapter,
        submitter: Submitter,
        answered: Callable[[], None],
        note: Callable[..., None],
        *,
        array: bool = False,
        worker: Callable[[Callable[[], None]], Worker] = AdapterWorker,
    ) -> None:
        self.adapter = adapter
        self._submitter = submitter
        self._note = note
        self._worker = worker(answered)
        #: Batches of attempts that are not submitted yet. The worker takes them from here.
        self._unsent: list[list[Submission]] = []
        self._sending = threading.Lock()
        self._events: list[Event] = []
        self._polling = False
        self._pause = 0.0
        self._next_poll = 0.0
        self._polled_at = 0.0
        self._at_once = ARRAY_BATCH if array else _SUBMIT_AT_ONCE
        self._unreachable = False
        self._known: dict[str, tuple[str | None, str | None]] = {}
        self._cancel_again: dict[str, float] = {}
        self._steady = 0.0
        self.asking = False
        self.trouble: str | None = None

    def ask(self) -> None:
        """Find out whether it can be reached, where the adapter can tell (``reach``)."""
        reach: Callable[[], str | None] | None = getattr(self.adapter, "reach", None)
        if reach is not None:
            self.asking = True
            self._worker.put(lambda: _guarded_reach(self.adapter.name, reach), self._reached)

    def _reached(self, trouble: str | None) -> None:
        self.asking = False
        self._have_trouble(trouble)

    def _have_trouble(self, trouble: str | None) -> None:
        if trouble is not None and self.trouble is None and not self._unreachable:
            self._unreachable = True
            self._note("scheduler_unreachable", reason=trouble)
        self.trouble = trouble

    # -- instructions --

    def submit(self, jobs: Sequence[Submission]) -> None:
        """Submit attempts; answered by `collect`."""
        for first in range(0, len(jobs), self._at_once):
            self._put_submit(jobs[first : first + self._at_once])

    def _put_submit(self, jobs: Sequence[Submission]) -> None:
        batch = list(jobs)
        self._unsent.append(batch)

        def call() -> list[Answer]:
            with self._sending:
                self._unsent.remove(batch)
            return self._submitter.submit(self.adapter, batch, sync=True) if batch else []

        self._worker.put(call, self._submitted)

    def withdraw(
        self, reason: str, most: int | None = None, only: Collection[int] | None = None
    ) -> Answers | None:
        """Submit none of those that wait until the scheduler's calls before them are made.

        Args:
            reason: for people.
            most: the last so many of those that wait; None: all.
            only: of these instances alone; None: of any.
        """
        gone: list[Submission] = []
        with self._sending:
            for batch in reversed(self._unsent):
                for place in reversed(range(len(batch))):
                    if most is not None and len(gone) >= most:
                        break
                    if only is None or batch[place].instance in only:
                        gone.append(batch.pop(place))
        rows = [(job.instance, job.attempt, withdrawn(reason)) for job in reversed(gone)]
        return Answers(SCHEDULED, rows) if rows else None

    def resize(self, _slots: int) -> None:
        """Do nothing: a scheduler's slots are its own."""

    def _submitted(self, answers: Sequence[Answer]) -> None:
        if answers:
            self._events.append(Answers(SCHEDULED, answers))
            self._judge([answer for _, _, answer in answers])
        self.hurry()

    def _judge(self, answers: Sequence[SubmitAnswer]) -> None:
        """Note whether the scheduler takes jobs, by what it said to some."""
        if any("job" in answer for answer in answers):
            self.trouble = None
            return
        waits = [answer for answer in answers if answer.get("transient") or answer.get("unknown")]
        if waits and not any(answer.get("files") for answer in waits):
            self.trouble = str(waits[0].get("error"))

    def cancel(self, jobs: Sequence[str]) -> None:
        """Cancel jobs; their end is seen by polling."""
        asked = list(jobs)

        def failed(reason: str) -> CancelAnswer:
            return {"error": reason}

        self._worker.put(
            lambda: _guarded(self.adapter, self.adapter.cancel, asked, failed),
            self._cancelled,
            urgent=True,
        )
        self.hurry()

    def _cancelled(self, answers: Mapping[str, CancelAnswer]) -> None:
        refused = {job: answer for job, answer in answers.items() if "error" in answer}
        for job in refused:
            self._cancel_again[job] = self._steady + _CANCEL_AGAIN
        for job, answer in list(refused.items())[:_MOST_LOGGED]:
            self._note("cancel_refused", job_id=job, reason=str(answer["error"]))

    def find(self, jobs: Sequence[tuple[int, int, str]]) -> None:
        """Ask what became of attempts; answered by `collect`.

        Args:
            jobs: instance, attempt and token of each.
        """
        rows = list(jobs)

        def failed(reason: str) -> FindAnswer:
            return {"error": reason}

        def call() -> list[tuple[int, int, FindAnswer]]:
            tokens = [token for _, _, token in rows]
            found = _guarded(self.adapter, self.adapter.find, tokens, failed)
            missing = failed("the adapter gave no answer")
            return [(i, attempt, found.get(token, missing)) for i, attempt, token in rows]

        self._worker.put(call, lambda answers: self._events.append(Found(SCHEDULED, answers)))

    def file_trouble(self, answers: Answers) -> str | None:
        """Return why the scripts of a submission could not be written; None: they could."""
        return file_trouble(answers.jobs)

    # -- polling --

    def hurry(self) -> None:
        """Poll soon: something is about to change."""
        self._pause = 0.0
        self._next_poll = min(self._next_poll, self._steady + 1.0)

    def work(self, steady: float, jobs: Mapping[str, int], longest: float) -> None:
        """Poll where it is time to.

        Args:
            steady: s, the time now.
            jobs: all that live.
            longest: s, longest pause between two polls.
        """
        self._steady = steady
        if self._cancel_again:
            due = [job for job, when in self._cancel_again.items() if when <= steady]
            for job in due:
                del self._cancel_again[job]
            alive = [job for job in due if job in jobs]
            if alive:
                self.cancel(alive)
        if self._polling or not jobs or steady < self.next_poll(longest):
            return
        self._polling = True
        asked = list(jobs)

        def failed(reason: str) -> PollAnswer:
            return {"state": "UNREACHABLE", "reason": reason}

        self._worker.put(
            lambda: _guarded(self.adapter, self.adapter.poll, asked, failed),
            lambda answers: self._polled(answers, longest),
        )

    def next_poll(self, longest: float) -> float:
        """Return when the next poll is due: s, steady. A new, shorter ``sleep`` counts at once."""
        return min(self._next_poll, self._polled_at + max(longest, 0.1))

    def next_time(self, jobs: Mapping[str, int], longest: float) -> float | None:
        """Return when `work` has something to do; None: an answer comes first."""
        times = list(self._cancel_again.values())
        if jobs and not self._polling:
            times.append(self.next_poll(longest))
        return min(times, default=None)

    def _polled(self, answers: Mapping[str, PollAnswer], longest: float) -> None:
        self._polling = False
        unreachable = [
            answer for answer in answers.values() if answer.get("state") == "UNREACHABLE"
        ]
        if len(unreachable) == len(answers) and unreachable:
            if not self._unreachable:
                self._note("scheduler_unreachable", reason=unreachable[0].get("reason"))
            self._unreachable = True
            self.trouble = str(unreachable[0].get("reason"))
        elif self._unreachable:
            self._unreachable = False
            self.trouble = None
            self._note("scheduler_answers")
        # Only what differs from the last answer is news; with 1 000 quiet jobs that is nothing.
        news: dict[str, PollAnswer] = {}
        known: dict[str, tuple[str | None, str | None]] = {}
        for job, answer in answers.items():
            shown = (answer.get("state"), answer.get("reason"))
            known[job] = shown
            if self._known.get(job) != shown or shown[0] not in ("PENDING", "RUNNING"):
                news[job] = answer
        self._known = known
        self._pause = next_poll_pause(self._pause, longest, bool(news) and not self._unreachable)
        self._polled_at = self._steady
        self._next_poll = self._steady + self._pause
        if news:
            self._events.append(Polled(SCHEDULED, news))

    # -- the loop's side --

    def collect(self) -> list[Event]:
        """Return the events that came of answers since the last call."""
        self._worker.collect()
        events, self._events = self._events, []
        return events

    def close(self) -> None:
        """End the thread; a call that hangs is left to itself."""
        self._worker.close()
        self._worker.join(5.0)
        self.adapter.close()


def _guarded(
    adapter: Adapter,
    call: Callable[[Sequence[str]], Mapping[str, _T]],
    names: Sequence[str],
    failed: Callable[[str], _T],
) -> Mapping[str, _T]:
    """Call an adapter; whatever a plug-in raises is an answer that says so."""
    try:
        return call(names)
    except Exception as error:
        return dict.fromkeys(names, failed(f"{adapter.name}: {error!r}"))


def _guarded_reach(name: str, reach: Callable[[], str | None]) -> str | None:
    try:
        return reach()
    except Exception as error:
        return f"{name}: {error!r}"
