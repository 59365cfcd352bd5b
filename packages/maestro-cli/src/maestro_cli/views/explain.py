"""Explain why an instance is in its state, from the graph and the journal, and the ends of its logs."""

from __future__ import annotations

import time
from typing import TypedDict

from attrs import evolve, field, frozen

from maestro_cli.study.blockers import root_causes, waits_for
from maestro_cli.study.history import find_hold
from maestro_cli.study.instances import ENDED_STATES, STARTED_STATES, Instance
from maestro_cli.study.step_logs import error_log, last_lines, left_behind, logs_of
from maestro_cli.study.tally import blocked, blocker_in
from maestro_cli.study.workspace_view import StudyView
from maestro_cli.ui.paths import shorter
from maestro_cli.ui.sanitize import shell_word
from maestro_cli.views.time_text import moment, short_duration

#: No more of the steps that something waits for are named.
_MOST_NAMED = 5

#: How the conductor's reason names a walltime that passed too soon (docs/step-states.md).
_TOO_SOON = "before its script began"

_WAITS = {"INITIALIZED", "QUEUED", "WAITING"}
_ENDED = {*ENDED_STATES, "INCOMPLETE"}


class Other(TypedDict):
    """Another instance, as programs read it."""

    name: str
    state: str


class Facts(TypedDict, total=False):
    """What an explanation says, as programs read it; which keys there are depends on the state."""

    waits_for: list[Other]
    because_of: list[Other]
    held_by: str | None
    held_since: float | None
    throttle: int
    in_flight: int
    submitted: int
    job: str | None
    reason: str | None
    exit_code: int | None
    error_log: str | None
    last_lines: list[str]
    logs: list[str]


@frozen
class Explanation:
    """Why an instance is where it is.

    Attributes:
        instance: Which.
        text: One sentence.
        more: Further lines: what it waits for, the end of its log.
        facts: The same for programs.
    """

    instance: Instance
    text: str
    more: list[str] = field(factory=list)
    facts: Facts = field(factory=Facts)


def explain(study: StudyView, instance: Instance) -> Explanation:
    """Say why an instance is in its state."""
    told = _TELLERS[instance.state](study, instance)
    if instance.held:
        told = _held(study, told)
    if instance.state not in _ENDED and study.state in ("DEAD", "STOPPED", "STAGED", "UNKNOWN"):
        nobody = {
            "DEAD": "Its conductor died: nothing goes on until `maestro resume`.",
            "STOPPED": "Its conductor was stopped: nothing goes on until `maestro resume`.",
            "UNKNOWN": "Whether its conductor is alive is unknown (no access to its lock).",
            "STAGED": "The study was never started: `maestro resume` does.",
        }[study.state]
        told.more.append(nobody)
    elif instance.state in _WAITS and (pause := study.pause) is not None:
        told.more.append(f"The study stands still: {pause.why}")
    return told


def _held(study: StudyView, told: Explanation) -> Explanation:
    """Say of an instance that it is held, before what else is to be said of it."""
    hold = find_hold(study.root, told.instance.number)
    by = f" by {hold.by}" if hold.by else ""
    since = f" since {moment(hold.since)}" if hold.since else ""
    facts: Facts = {"held_by": hold.by, "held_since": hold.since and hold.since / 1000}
    release = f"Let it go: maestro release {shell_word(shorter(study.root))} {shell_word(told.instance.name)}"
    if told.instance.state in _WAITS:
        waits = told.facts.get("waits_for")
        text = f"is held{since}{by}{'; besides, it ' + told.text if waits else ''}"
        return evolve(
            told,
            text=text,
            more=[*(told.more if waits else ()), release],
            facts={**told.facts, **facts},
        )
    held = f"It is held{since}{by}: no other attempt is made before it is released."
    more = [*told.more, held, release]
    return evolve(told, more=more, facts={**told.facts, **facts})


def _waiting(study: StudyView, instance: Instance) -> Explanation:
    needed = waits_for(study, instance)
    number = len(needed)
    return Explanation(
        instance,
        f"waits for {number} other step{'' if number == 1 else 's'}"
        if number
        else "may run; the conductor has not got to it yet",
        _named(study, needed),
        {"waits_for": _others(needed)},
    )


def _queued(study: StudyView, instance: Instance) -> Explanation:
    throttle = study.known.settings.throttle
    submitted = study.known.in_flight()
    started = sum(study.counts().get(word, 0) for word in STARTED_STATES)
    facts: Facts = {"throttle": throttle, "in_flight": started, "submitted": submitted}
    if throttle and submitted >= throttle:
        most = "1 job" if throttle == 1 else f"{throttle} jobs"
        return Explanation(
            instance,
            f"may run; the throttle lets {most} be submitted at once, and {submitted}"
            f" {'is' if submitted == 1 else 'are'}",
            [
                f"More at once: maestro update --throttle {throttle + 1} {shell_word(shorter(study.root))}"
            ],
            facts,
        )
    return Explanation(instance, f"may run; waits for a free slot ({started} started)", [], facts)


def _later(study: StudyView, instance: Instance) -> Explanation:  # noqa: ARG001
    reason = instance.reason or "the scheduler does not take it now, or a retry pauses"
    return Explanation(instance, f"is tried again later: {reason}", [], {"reason": reason})


def _pending(study: StudyView, instance: Instance) -> Explanation:  # noqa: ARG001
    reason = f": {instance.reason}" if instance.reason else ""
    since = f" since {moment(instance.submitted)}" if instance.submitted else ""
    return Explanation(
        instance,
        f"is in the scheduler's queue as job {instance.job or '(no number yet)'}{since}{reason}",
        [],
        {"job": instance.job, "reason": instance.reason},
    )


def _running(study: StudyView, instance: Instance) -> Explanation:
    now = time.time_ns() // 1_000_000
    logs = _logs(study, instance)
    text = f"runs as job {instance.job} for {short_duration(instance.run_time(now) or 0)}"
    left = left_behind(study, instance)
    if left:
        text += f" (its command has ended; what it left in the background goes on: {left})"
    elif instance.reason:
        text += f" ({instance.reason})"
    return Explanation(instance, text, logs, {"job": instance.job, "logs": logs})


def _finishing(study: StudyView, instance: Instance) -> Explanation:  # noqa: ARG001
    return Explanation(instance, f"has ended; the scheduler tidies up after job {instance.job}")


def _unknown(study: StudyView, instance: Instance) -> Explanation:  # noqa: ARG001
    reason = f": {instance.reason}" if instance.reason else ""
    return Explanation(
        instance,
        f"was submitted, and what became of job {instance.job or '(no number)'} is being"
        f" asked{reason}",
    )


def _failed(study: StudyView, instance: Instance) -> Explanation:
    if blocked(instance.state, instance.submitted):
        causes = root_causes(study, instance)
        first = causes[0].name if causes else blocker_in(instance.reason)
        more = f" and {len(causes) - 1} more" if len(causes) > 1 else ""
        return Explanation(
            instance,
            f"blocked by {first}{more}" if first else f"blocked: {instance.reason}",
            _named(study, causes),
            {"because_of": _others(causes)},
        )
    ended = f"ended with exit code {instance.exit_code}" if instance.exit_code is not None else ""
    reason = instance.reason or ""
    if reason.startswith("exit code"):
        reason = ""
    text = ": ".join(part for part in (ended, reason) if part) or "failed"
    if instance.attempt > 1:
        text += f" (attempt {instance.attempt})"
    return _with_log(study, instance, text)


def _timed_out(study: StudyView, instance: Instance) -> Explanation:
    if instance.reason and _TOO_SOON in instance.reason:
        again = f"maestro resume {shell_word(shorter(study.root))} {shell_word(instance.name)}"
        return Explanation(
            instance,
            f"did nothing: {instance.reason}",
            [f"Run it again: {again}"],
            {"reason": instance.reason},
        )
    limit = study.known.settings.rlimit
    text = "was stopped at the end of its walltime"
    if not study.graph.restartable[instance.number]:
        text += ", and it has no restart command"
    elif limit and instance.restarts >= limit:
        text += f", and was restarted {instance.restarts} times, as often as it may"
    told = _with_log(study, instance, text)
    if study.graph.restartable[instance.number]:
        told.more.append(
            f"More restarts: maestro resume {shell_word(shorter(study.root))} --rlimit {limit + 1}"
        )
    return told


def _hardware(study: StudyView, instance: Instance) -> Explanation:
    text = instance.reason or "trouble of the infrastructure"
    if instance.resubmissions > 1:
        text += f" (submitted {instance.resubmissions} times)"
    return _with_log(study, instance, text)


def _cancelled(study: StudyView, instance: Instance) -> Explanation:
    text = f"was cancelled{f': {instance.reason}' if instance.reason else ''}"
    return Explanation(
        instance,
        text,
        [
            f"Run it after all: maestro resume {shell_word(shorter(study.root))} {shell_word(instance.name)}"
        ],
    )


def _finished(study: StudyView, instance: Instance) -> Explanation:
    took = instance.run_time(0)
    text = f"has finished, at {moment(instance.ended)}"
    if took is not None:
        text += f" after {short_duration(took)}"
    logs = _logs(study, instance)
    return Explanation(instance, text, logs, {"logs": logs})


def _skipped(study: StudyView, instance: Instance) -> Explanation:
    again = f"maestro resume {shell_word(shorter(study.root))} {shell_word(instance.name)}"
    return Explanation(
        instance,
        "was skipped: it counts as finished and is not run",
        [f"Run it after all: {again}"],
    )


def _dry(study: StudyView, instance: Instance) -> Explanation:
    return Explanation(
        instance,
        "was not run: a dry run only writes the scripts",
        [str(study.root / instance.workspace)],
    )


def _with_log(study: StudyView, instance: Instance, text: str) -> Explanation:
    log = error_log(study, instance)
    tail = [] if log is None else last_lines(log)
    lines = (
        []
        if log is None
        else [f"{shorter(log)}{'' if tail else ' (empty)'}", *(f"| {x}" for x in tail)]
    )
    return Explanation(
        instance,
        text,
        lines,
        {
            "exit_code": instance.exit_code,
            "reason": instance.reason,
            "error_log": None if log is None else str(log),
            "last_lines": tail,
        },
    )


def _logs(study: StudyView, instance: Instance) -> list[str]:
    """Return the paths of the latest attempt's logs."""
    return [str(path) for path in logs_of(study, instance)[-2:]]


def _others(instances: list[Instance]) -> list[Other]:
    return [{"name": each.name, "state": each.state} for each in instances]


def _named(study: StudyView, instances: list[Instance]) -> list[str]:
    held = study.known.held
    lines = [
        f"{each.state}{' held' if each.number in held else ''}  {each.name}"
        for each in instances[:_MOST_NAMED]
    ]
    if len(instances) > _MOST_NAMED:
        lines.append(f"… and {len(instances) - _MOST_NAMED} more")
    return lines


_TELLERS = {
    "INITIALIZED": _waiting,
    "QUEUED": _queued,
    "WAITING": _later,
    "PENDING": _pending,
    "RUNNING": _running,
    "FINISHING": _finishing,
    "UNKNOWN": _unknown,
    "FAILED": _failed,
    "INCOMPLETE": _failed,
    "TIMEDOUT": _timed_out,
    "HWFAILURE": _hardware,
    "CANCELLED": _cancelled,
    "FINISHED": _finished,
    "DRYRUN": _dry,
    "SKIPPED": _skipped,
}
