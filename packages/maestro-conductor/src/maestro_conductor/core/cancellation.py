"""Ask for the end of jobs: where the study is cancelled or amended, or its conductor stops its local steps."""

from __future__ import annotations

from maestro_conductor.core.in_flight import InFlights
from maestro_conductor.core.instructions import Cancel
from maestro_conductor.core.queues import LOCAL, Queues
from maestro_conductor.core.step_change import StepChange

__all__ = ["Cancellation"]


class Cancellation:
    """Jobs that are to end.

    Attributes:
        stopping: local steps are stopped with their conductor, and run again by the next one.
        amended: instances that end as the study is amended; None: it is not.
    """

    def __init__(self, step: StepChange, queues: Queues, in_flight: InFlights) -> None:
        self._step = step
        self._queues = queues
        self._in_flight = in_flight
        #: Jobs to be cancelled together, by queue.
        self._wanted: dict[str, list[str]] = {}
        self.stopping = False
        self.amended: frozenset[int] | None = None

    def job_lives(self, i: int) -> bool:
        """Tell whether an instance has a job that has not ended."""
        job = self._step.state.job[i]
        return job is not None and self._queues.of(i).jobs.get(job) == i

    def want(self, i: int) -> None:
        """Have an instance's job end, once."""
        job = self._step.state.job[i]
        if job is not None and not self._in_flight[i].cancel_sent:
            self._in_flight[i].cancel_sent = True
            self._wanted.setdefault(self._queues.of(i).name, []).append(job)

    def stop_local(self) -> None:
        """Have all local jobs end, as their conductor leaves."""
        self.stopping = True
        for i in self._queues[LOCAL].jobs.values():
            self.want(i)

    def stop_amended(self, instances: frozenset[int] | None) -> None:
        """Have the jobs of instances end, as the study is amended; None: it is not after all."""
        self.amended = instances
        for i in sorted(instances or ()):
            if self.job_lives(i):
                self.want(i)

    def is_unwanted(self, i: int) -> bool:
        """Tell whether a job of an instance that has just become known is to end at once."""
        if self._step.state.is_ending(i) or (self.amended is not None and i in self.amended):
            return True
        return self.stopping and self._queues.is_local(i)

    def runs_again(self, i: int) -> bool:
        """Tell whether an instance whose end was asked for is to run again: nobody cancelled it."""
        if self._step.state.is_ending(i):
            return False
        return self.stopping or (self.amended is not None and i in self.amended)

    def finish(self) -> None:
        """Ask for the end of all that are wanted so far."""
        for name, jobs in self._wanted.items():
            self._step.instruct(Cancel(name, jobs))
        self._wanted = {}
