"""Put together how a study stands as values: when it began, what is left, what keeps it busy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from maestro_cli.study.estimate import Estimate, Work, estimate, idle_time

if TYPE_CHECKING:
    from maestro_cli.study.workspace_view import StudyView

__all__ = ["Standing", "blocked_by", "standing", "time_left"]


@frozen
class Standing:
    """How far a study is in time. Times are ms since 1970, durations seconds.

    Attributes:
        began: The first submission; None: there was none.
        ended: The last end, of a study that goes on no more; None: it does, or nothing has ended.
        worked: How long something was submitted or ran.
        idle: How long nothing was, in between.
        left: When it may end; None: nobody knows.
        started: How many jobs have started and not ended.
        waiting: How many jobs are submitted and have not started.
        slots: How many local jobs may run at once; None: as many as there are cores, or it is not local.
        throttle: How many jobs may be submitted at once; 0: no limit.
    """

    began: int | None
    ended: int | None
    worked: float
    idle: float
    left: Estimate | None
    started: int
    waiting: int
    slots: int | None
    throttle: int


def standing(study: StudyView, now: int) -> Standing:
    """Return how far a study is.

    Args:
        study: The study.
        now: ms since 1970.
    """
    from maestro_conductor.model.states import FINISHING, PENDING, RUNNING, UNKNOWN

    known = study.known
    live = study.state == "RUNNING"
    spans = [
        (begin, end if end >= 0 else now if live else begin)
        for begin, end in zip(known.submitted, known.ended, strict=True)
        if begin >= 0
    ]
    worked, idle = idle_time(spans)
    ends = [end for end in known.ended if end >= 0]
    counts = known.counts
    return Standing(
        began=min((begin for begin, _ in spans), default=None),
        ended=max(ends, default=None) if not live else None,
        worked=worked / 1000,
        idle=idle / 1000,
        left=time_left(study, now),
        started=counts[RUNNING] + counts[FINISHING],
        waiting=counts[PENDING] + counts[UNKNOWN],
        slots=known.settings.local_slots,
        throttle=known.settings.throttle,
    )


def time_left(study: StudyView, now: int) -> Estimate | None:
    """Estimate how long a study goes on; None where nobody runs it, or there is nothing to go by."""
    if study.state != "RUNNING" or study.pause is not None:
        return None
    from maestro_conductor.model.states import FINAL, FINISHED, FINISHING, RUNNING

    known = study.known
    state, started, ended = known.state, known.started, known.ended
    steps = []
    for step in study.steps:
        numbers = range(step.first, step.first + step.size)
        ran = [i for i in numbers if started[i] >= 0]
        steps.append(
            Work(
                [(ended[i] - started[i]) / 1000 for i in ran if state[i] == FINISHED],
                [(now - started[i]) / 1000 for i in ran if state[i] in (RUNNING, FINISHING)],
                sum(
                    state[i] not in FINAL
                    and state[i] not in (RUNNING, FINISHING)
                    and i not in known.held
                    for i in numbers
                ),
            )
        )
    return estimate(steps)


def blocked_by(study: StudyView, number: int) -> str | None:
    """Return the instance because of which another could not run."""
    from maestro_cli.study.blockers import root_causes
    from maestro_cli.study.tally import blocker_in

    told = blocker_in(study.known.reason.get(number))
    if told is not None:
        return told
    causes = root_causes(study, study.instances([number])[0])
    return causes[0].name if causes else None
