"""``--json``: one object per study. Its fields are documented in ``docs/commands.md``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from maestro_cli.study_state import Instance, Study


def line(
    study: Study, instances: Iterable[Instance] | None, *, now: int, tails: bool = False
) -> str:
    """Gives the object as one line.

    Args:
        study: The study.
        instances: Those that go into ``steps``; None: the object has no ``steps``.
        now: ms since 1970.
        tails: Add the last lines of the error log to each instance.
    """
    record: dict[str, Any] = {
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
        "settings": {
            "throttle": study.known.settings.throttle,
            "rlimit": study.known.settings.rlimit,
            "attempts": study.known.settings.attempts,
            "sleep": study.known.settings.sleep,
        },
        "conductor": _conductor(study),
    }
    if instances is not None:
        record["steps"] = [_instance(study, each, now, tails) for each in instances]
    return json.dumps(record, default=str)


def _conductor(study: Study) -> dict[str, Any] | None:
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
    }


def _instance(study: Study, instance: Instance, now: int, tails: bool) -> dict[str, Any]:
    # Once for each of many thousand instances: every call saved is one that nobody waits for.
    submitted, started, ended = instance.submitted, instance.started, instance.ended
    record: dict[str, Any] = {
        "name": instance.name,
        "step": instance.step,
        "state": instance.state,
        "job": instance.job,
        "workspace": instance.workspace,
        "parameters": study.parameters(instance.index) if instance.parameters else {},
        "attempt": instance.attempt,
        "submitted": None if submitted is None else submitted / 1000,
        "started": None if started is None else started / 1000,
        "ended": None if ended is None else ended / 1000,
        "run_time": instance.run_time(now),
        "elapsed": instance.elapsed(now),
        "exit_code": instance.exit_code,
        "restarts": instance.restarts,
        "resubmissions": instance.resubmissions,
        "retries": instance.retries,
        "reason": instance.reason,
    }
    if tails:
        from maestro_cli.step_logs import error_log, last_lines

        log = error_log(study, instance)
        record["error_log"] = None if log is None else str(log)
        record["last_lines"] = [] if log is None else last_lines(log)
    return record
