"""Write ``--json``: one object per study, with the fields of ``docs/commands.md``."""

# Without `annotations` from `__future__`: they are those of maps and rows, and the text of each would be
# compiled whenever a command starts.

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypedDict

from maestro_cli.study.instances import Instance
from maestro_cli.study.workspace_view import StudyView

#: Writes a text as JSON, in ASCII, as `json.dumps` does.
_text: Callable[[str], str] = json.encoder.encode_basestring_ascii
#: What `repr` writes behind the point, for each number of milliseconds.
_DECIMALS = tuple(repr(rest / 1000).partition(".")[2] for rest in range(1000))


class Settings(TypedDict):
    """The study's settings; 0: no limit; None: as the study file says."""

    throttle: int
    rlimit: int
    attempts: int
    sleep: int | float
    local_slots: int | None
    batch: Mapping[str, object]


class Conductor(TypedDict):
    """The conductor that runs the study, or ran it last. Times are seconds since 1970."""

    alive: bool
    host: str
    pid: int
    since: float
    heartbeat: float
    trouble: str | None
    trouble_since: float | None
    paused: str | None
    paused_since: float | None


class StatusRecord(TypedDict):
    """A study, but for its ``steps``. Times are seconds since 1970."""

    format: str
    version: list[int]
    study: str
    path: str
    state: str
    exit_code: int
    created: float
    time: float
    instances: int
    counts: dict[str, int]
    blocked: int
    held: int
    settings: Settings
    conductor: Conductor | None


def line(
    study: StudyView,
    instances: Iterable[Instance] | None,
    *,
    now: int,
    tails: bool = False,
    history: Sequence[Mapping[str, object]] | None = None,
) -> str:
    """Return the object as one line.

    Args:
        study: The study.
        instances: Those that go into ``steps``; None: the object has no ``steps``.
        now: ms since 1970.
        tails: Add the last lines of the error log to each instance.
        history: What was asked of the study; None: the object has no ``history``.
    """
    record: StatusRecord = {
        "format": "maestro-status",
        "version": [1, 0],
        "study": study.name,
        "path": str(study.root),
        "state": study.state,
        "exit_code": study.exit_code,
        "created": study.created / 1000,
        "time": now / 1000,
        "instances": study.total,
        "counts": study.counts(),
        "blocked": _blocked(study),
        "held": study.held,
        "settings": {
            "throttle": study.known.settings.throttle,
            "rlimit": study.known.settings.rlimit,
            "attempts": study.known.settings.attempts,
            "sleep": study.known.settings.sleep,
            "local_slots": study.known.settings.local_slots,
            "batch": dict(study.known.settings.batch),
        },
        "conductor": _conductor(study),
    }
    added = {} if history is None else {"history": history}
    text = json.dumps({**record, **added}, default=str)
    if instances is None:
        return text
    steps = ", ".join([_instance(study, each, now, tails) for each in instances])
    return f'{text[:-1]}, "steps": [{steps}]}}'


def _blocked(study: StudyView) -> int:
    """Count those FAILED that never ran."""
    from maestro_cli.study.tally import tally

    if not study.counts().get("FAILED"):
        return 0
    return tally(study.known, range(study.total)).get("blocked", 0)


def _conductor(study: StudyView) -> Conductor | None:
    who = study.last_holder
    if who is None:
        return None
    return {
        "alive": study.holder is not None,
        "host": who.host,
        "pid": who.pid,
        "since": who.since / 1000,
        "heartbeat": who.heartbeat / 1000,
        "trouble": who.trouble,
        "trouble_since": None if who.trouble_since is None else who.trouble_since / 1000,
        "paused": who.paused,
        "paused_since": None if who.paused_since is None else who.paused_since / 1000,
    }


def _instance(study: StudyView, instance: Instance, now: int, tails: bool) -> str:
    # This runs for thousands of instances while somebody waits: writing the text out takes a third
    # of the time of building a map for `json`.
    rows = study.parameters(instance.number).items() if instance.parameters else ()
    parameters = ", ".join([f"{_text(name)}: {_value(value)}" for name, value in rows])
    submitted, started, ended = instance.submitted, instance.started, instance.ended
    until = now if ended is None else ended
    ran = started is not None and (ended is not None or instance.state == "RUNNING")
    text = (
        f'{{"name": {_text(instance.name)}, "step": {_text(instance.step)}, '
        f'"state": "{instance.state}", "job": {_text_or_null(instance.job)}, '
        f'"workspace": {_text(instance.workspace)}, '
        f'"parameters": {{{parameters}}}, '
        f'"attempt": {instance.attempt}, "submitted": {_seconds(submitted)}, '
        f'"started": {_seconds(started)}, "ended": {_seconds(ended)}, '
        f'"run_time": {_seconds(until - started if started is not None and ran else None)}, '
        f'"elapsed": {_seconds(None if submitted is None else until - submitted)}, '
        f'"exit_code": {"null" if instance.exit_code is None else instance.exit_code}, '
        f'"restarts": {instance.restarts}, "resubmissions": {instance.resubmissions}, '
        f'"retries": {instance.retries}, "reason": {_text_or_null(instance.reason)}, '
        f'"held": {"true" if instance.held else "false"}'
    )
    return f"{text}{_tail(study, instance)}}}" if tails else f"{text}}}"


def _value(value: object) -> str:
    """Write the value of a parameter; nearly all are of two kinds."""
    if type(value) is str:
        return _text(value)
    return repr(value) if type(value) is int else json.dumps(value, default=str)


def _text_or_null(text: str | None) -> str:
    return "null" if text is None else _text(text)


def _seconds(milliseconds: int | None) -> str:
    """Write milliseconds as `repr` does their seconds, in half its time: an instance has five."""
    if milliseconds is None:
        return "null"
    if 0 <= milliseconds < 10**15:  # 15 digits: there the shortest text is the exact one
        return f"{milliseconds // 1000}.{_DECIMALS[milliseconds % 1000]}"
    return repr(milliseconds / 1000)


def _tail(study: StudyView, instance: Instance) -> str:
    from maestro_cli.study.causes import cause
    from maestro_cli.study.standing import blocked_by
    from maestro_cli.study.step_logs import error_log, last_lines
    from maestro_cli.study.tally import blocked

    if blocked(instance.state, instance.submitted):
        name = blocked_by(study, instance.number)
        told = f"blocked by {name}" if name else "blocked"
    else:
        told = cause(instance)
    log = error_log(study, instance)
    lines = [] if log is None else last_lines(log)
    path = _text_or_null(None if log is None else str(log))
    return f', "cause": {_text(told)}, "error_log": {path}, "last_lines": {json.dumps(lines)}'
