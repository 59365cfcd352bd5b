"""Put together a study's instances as values, from the graph and the state of the journal."""

# Without `annotations` from `__future__`: they are those of maps and rows, and the text of each would be
# compiled whenever a command starts.

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from maestro_conductor.core.study_state import StudyState
    from maestro_conductor.model.graph import Graph

__all__ = ["BAD_STATES", "ENDED_STATES", "STARTED_STATES", "Instance", "Step", "read_instances"]

#: States of an instance in which its attempt failed, or never took place because another's did.
BAD_STATES = ("FAILED", "TIMEDOUT", "HWFAILURE", "INCOMPLETE")
#: States of an instance whose job has started, and has not ended: it is in flight.
STARTED_STATES = ("RUNNING", "FINISHING")
#: States of an instance that does not go on by itself.
ENDED_STATES = (*("FINISHED", "FAILED", "TIMEDOUT", "HWFAILURE", "CANCELLED", "DRYRUN", "SKIPPED"),)

_T = TypeVar("_T")


class Instance(NamedTuple):
    """One instance of a step as it stands. Times are ms since 1970, None where there is none.

    One that is `held` gets no further attempt until it is released.
    """

    number: int
    name: str
    step: str
    workspace: str
    state: str
    job: str | None
    attempt: int
    cause: str | None
    submitted: int | None
    started: int | None
    ended: int | None
    restarts: int
    resubmissions: int
    retries: int
    exit_code: int | None
    reason: str | None
    parameters: str
    held: bool

    def run_time(self, now: int) -> float | None:
        """Return the seconds that the latest attempt has run, until ``now`` if it still runs.

        None: it did not start, or it is not known when it ended.
        """
        if self.started is None or (self.ended is None and self.state != "RUNNING"):
            return None
        return ((now if self.ended is None else self.ended) - self.started) / 1000

    def elapsed(self, now: int) -> float | None:
        """Return the seconds since the first submission, until its end if it has ended."""
        if self.submitted is None:
            return None
        return ((now if self.ended is None else self.ended) - self.submitted) / 1000


class Step(NamedTuple):
    """A step: its name and the range of its instances."""

    name: str
    first: int
    size: int


def read_instances(
    graph: "Graph", known: "StudyState", steps: Sequence[Step], which: Iterable[int] | None = None
) -> list[Instance]:
    """Return instances as they stand.

    Args:
        graph: What is to be run.
        known: What has become of it.
        steps: Those of the graph.
        which: Indices of the instances; None: all.
    """
    from maestro_conductor.model.records import CAUSES
    from maestro_conductor.model.states import NAMES

    names = [step.name for step in steps]
    numbers = range(len(graph)) if which is None else list(which)

    def of(column: Sequence[_T]) -> Sequence[_T]:
        return column if which is None else [column[i] for i in numbers]

    def or_none(column: Sequence[int]) -> Sequence[int | None]:
        return [None if value < 0 else value for value in of(column)]

    attempts = of(known.attempt)
    causes = zip(of(known.cause), attempts, strict=True)
    # A column for each field, in their order: half the time of a row after the other.
    return list(
        map(
            Instance,
            numbers,
            of(graph.names),
            [names[step] for step in of(graph.step_of)],
            of(graph.workspaces),
            [NAMES[code] for code in of(known.state)],
            of(known.job),
            attempts,
            [CAUSES[code] if attempt else None for code, attempt in causes],
            or_none(known.submitted),
            or_none(known.started),
            or_none(known.ended),
            of(known.restarts),
            of(known.resubmissions),
            of(known.retries),
            or_none(known.exit_code),
            map(known.reason.get, numbers),
            of(graph.parameters),
            map(known.held.__contains__, numbers),
        )
    )
