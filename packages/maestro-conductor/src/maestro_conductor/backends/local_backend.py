"""Run local steps: the conductor's side of the local adapter.

Attempts are submitted before their slot is free: the moment a step ends the next one starts, since
the adapter has its script, and the journal its intent. What follows from the end is worked out
while that one runs. To the machine, an attempt is submitted when it has started.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from maestro_conductor.backends.protocol import FindAnswer, LocalAdapter, PollAnswer, SubmitAnswer
from maestro_conductor.backends.submitter import Answer, Submitter, file_trouble, withdrawn
from maestro_conductor.core.events import Answers, Event, Found, Polled
from maestro_conductor.core.instructions import Submission
from maestro_conductor.core.queues import LOCAL, Queue
from maestro_conductor.model.adapter_states import LIVE

__all__ = ["LocalBackend"]

#: s between two questions for a job that has ended.
_ASK_AGAIN = 1.0
#: s between two looks at jobs when the adapter told nothing: a safety net.
_LOOK = 5.0
#: The same for an adapter that cannot tell.
_LOOK_BLIND = 0.05


class LocalBackend:
    """Submit local attempts, and tell what becomes of them.

    Args:
        adapter: of the local steps.
        submitter: submits attempts.
        queue: of the machine.
        steady: s, the time now.
    """

    def __init__(
        self,
        adapter: LocalAdapter,
        submitter: Submitter,
        queue: Queue,
        steady: Callable[[], float],
    ) -> None:
        self.adapter = adapter
        self._submitter = submitter
        self._queue = queue
        self._steady = steady
        self._pause = _LOOK_BLIND if adapter.wake_fd() is None else _LOOK
        self._next_look = 0.0
        #: Jobs that wait for a slot, with their instance and attempt.
        self._waiting: dict[str, tuple[int, int]] = {}
        #: What was said last of each job that the machine knows and that lives.
        self._said: dict[str, PollAnswer | None] = {}
        #: Jobs that have ended; the machine may still be in doubt about how.
        self._ended: set[str] = set()
        self._ask_again = 0.0
        #: Why scripts could not be written last time.
        self._trouble: str | None = None

    def submit(self, jobs: Sequence[Submission]) -> Answers | None:
        """Submit attempts; return the answers for those that do not wait for a slot."""
        answers = self._submitter.submit(self.adapter, jobs, sync=False)
        self._trouble = file_trouble(answers)
        told: list[Answer] = []
        for i, attempt, answer in answers:
            if "job" in answer and answer["state"] == "PENDING":
                self._waiting[answer["job"]] = (i, attempt)
            else:
                told.append((i, attempt, answer))
        self._note(told)
        if not told:
            return None
        self._next_look = self._steady() + self._pause
        return Answers(LOCAL, told)

    def next_time(self) -> float | None:
        """Return when `collect` has something to do though nothing was told: s, steady."""
        return self._next_look if self._waiting or self._queue.jobs else None

    def collect(self, steady: float, *, told: bool) -> list[Event]:
        """Return what is new, where it is time to look.

        Args:
            steady: s, the time now.
            told: the adapter has news.
        """
        due = self.next_time()
        if not told and (due is None or steady < due):
            return []
        self._next_look = steady + self._pause
        return self.poll(steady)

    def poll(self, steady: float) -> list[Event]:
        """Return what the adapter says of the jobs, where that is new.

        Once in a while those are asked for again whose end the machine could not settle.
        """
        asked = [*self._said, *self._waiting]
        if self._ended and steady >= self._ask_again:
            self._ask_again = steady + _ASK_AGAIN
            self._ended &= self._queue.jobs.keys()
            asked += self._ended
        said = self._said
        known: dict[str, PollAnswer] = {}
        new: dict[str, PollAnswer] = {}
        started: list[Answer] = []
        started_at: list[float] = []
        for asked_job, answer in self.adapter.poll(asked).items():
            job, news = asked_job, known
            if job in self._waiting:
                if answer["state"] == "PENDING":
                    continue
                i, attempt = self._waiting.pop(job)
                job, news = answer.get("job", job), new
                started.append((i, attempt, SubmitAnswer(job=job, state="RUNNING")))
                started_at.append(answer["started"] or answer["ended"] or 0.0)
            if answer["state"] not in LIVE:
                news[job] = answer
                self._ended.add(job)
                said.pop(job, None)
            elif said.get(job) != answer:
                news[job] = said[job] = answer
        # Those that ended made room for those that started, of which some may have ended as well.
        events: list[Event] = [Polled(LOCAL, known)]
        if started:
            events.append(Answers(LOCAL, started, int(min(started_at) * 1000) or None))
            events.append(Polled(LOCAL, new))
        return events

    def withdraw(
        self, reason: str, most: int | None = None, only: Collection[int] | None = None
    ) -> Answers | None:
        """Start none of those that wait: they are refused, and may be tried another time.

        Args:
            reason: for people.
            most: the last so many of those that wait; None: all.
            only: of these instances alone; None: of any.
        """
        waiting = [job for job, (i, _) in self._waiting.items() if only is None or i in only]
        chosen = waiting if most is None else waiting[max(0, len(waiting) - most) :]
        if not chosen:
            return None
        gone = self.adapter.withdraw(chosen)
        rows = [(*self._waiting.pop(job), withdrawn(reason)) for job in gone]
        return Answers(LOCAL, rows) if rows else None

    def resize(self, slots: int) -> Answers | None:
        """Run jobs in so many slots; what waits is refused, and weighed anew when it is tried again."""
        answers = self.withdraw("it waited for a slot, and their number was changed")
        self.adapter.resize(slots)
        return answers

    def cancel(self, jobs: Sequence[str]) -> None:
        """Cancel jobs; their end is seen by `poll`."""
        self.adapter.cancel(jobs)

    def find(self, jobs: Sequence[tuple[int, int, str]]) -> Found:
        """Ask what became of attempts.

        Args:
            jobs: instance, attempt and token of each.
        """
        found = self.adapter.find([token for _, _, token in jobs])
        rows = [(i, attempt, found[token]) for i, attempt, token in jobs]
        self._note(rows)
        return Found(LOCAL, rows)

    def file_trouble(self, _answers: Answers) -> str | None:
        """Return why scripts could not be written last time; None: they could.

        An attempt that was submitted before, and starts now, says nothing of that.
        """
        return self._trouble

    def close(self) -> None:
        """Let go of the adapter; its jobs go on."""
        self.adapter.close(stop_jobs=False)

    def _note(self, answers: Sequence[tuple[int, int, SubmitAnswer | FindAnswer]]) -> None:
        """Ask from now on for those that were accepted, or found."""
        for _, _, answer in answers:
            job = answer.get("job")
            if job is not None:
                self._said.setdefault(job, None)
