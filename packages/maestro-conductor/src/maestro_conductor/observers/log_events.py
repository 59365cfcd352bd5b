"""List the log events, and make ``docs/log-events.md`` and a schema from that.

``python -m maestro_conductor.observers.log_events`` prints the page, with ``--schema`` the schema of a line.
"""

from __future__ import annotations

import logging

import attrs

__all__ = ["EVENTS", "FIELDS", "LogEvent", "page", "schema"]

_D, _I, _W, _E = logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR


@attrs.frozen
class LogEvent:
    """A kind of line in the log.

    Attributes:
        level: number of `logging`.
        meaning: for people.
        fields: that it may have beside those of every line; one that has no value is left out.
        optional: those of them that may be without a value.
    """

    level: int
    meaning: str
    fields: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Return the fields that are always there."""
        return tuple(field for field in self.fields if field not in self.optional)


#: Field → type, unit, meaning.
FIELDS: dict[str, tuple[str, str, str]] = {
    "timestamp": ("str", "ISO 8601, UTC", "when the line was written, with microseconds"),
    "level": ("str", "", "`debug`, `info`, `warning`, `error` or `critical`"),
    "event": ("str", "", "one of the words below"),
    "study": ("str", "", "the study's name"),
    "workspace": ("str", "", "absolute path of the workspace"),
    "step": ("str", "", "name of the step"),
    "instance": ("str", "", "name of the step's instance"),
    "job_id": ("str", "", "the scheduler's id; the process id of a local step"),
    "attempt": ("int", "", "number of the attempt, from 1"),
    "state": ("str", "", "the new [state](step-states.md)"),
    "exit_code": ("int", "", "of the step's command, or of the study"),
    "duration_s": ("float", "s", "from the attempt's start to its end"),
    "cause": (
        "str",
        "",
        "why the attempt is made: `first`, `restart`, `resubmission`, `retry`, `resume`",
    ),
    "reason": ("str", "", "for people"),
    "source": ("str", "", "what set the settings: `run`, `update` or `resume`"),
    "throttle": ("int", "jobs", "0: no limit"),
    "rlimit": ("int", "", "0: no limit"),
    "attempts": ("int", "", "final refusals before a step fails"),
    "sleep": ("float", "s", "longest pause between two questions to the scheduler"),
    "local_slots": ("int", "slots", "how many local steps may fill, where that was changed"),
    "batch": ("str", "", "batch keys that were changed: `queue=long, nodes=2`"),
    "request": ("str", "", "what was asked for: `hold`, `cancel`, …"),
    "by": ("str", "", "who asked"),
    "text": ("str", "", "what was asked for, for people: `hold simulate`"),
    "count": ("int", "", "how many"),
    "host": ("str", "", "where the conductor runs"),
    "pid": ("int", "", "its process id"),
    "version": ("str", "", "of maestro-conductor"),
    "path": ("str", "", "of a file"),
    "previous": ("str", "", "who held the workspace before and did not leave on purpose"),
}

_STEP = ("step", "instance", "attempt", "job_id", "state")
_END = (*_STEP, "exit_code", "duration_s", "reason")
#: A step that failed with one before it has neither attempt nor job.
_MAYBE = ("attempt", "job_id", "exit_code", "duration_s", "reason", "cause")

EVENTS: dict[str, LogEvent] = {
    "conductor_started": LogEvent(_I, "a conductor took the workspace", ("host", "pid", "version", "previous"), ("previous",)),
    "conductor_stopped": LogEvent(_I, "it left on purpose", ("reason", "exit_code")),
    "study_amended": LogEvent(_I, "the study goes on in another form; `reason` says how many instances were kept, changed and so on", ("reason",)),
    "study_moved": LogEvent(_I, "the study was last run, or made, in the folder that `path` says", ("path",)),
    "study_copied": LogEvent(_I, "the study is a copy of the one that `path` says: what ran there is not its own", ("path",)),
    "workspace_moved": LogEvent(_W, "the workspace was moved to `path` while the study ran: nothing more is started", ("path",)),
    "workspace_deleted": LogEvent(_E, "the workspace was deleted while the study ran: what runs is cancelled"),
    "settings": LogEvent(_I, "the settings in force from here on", ("source", "throttle", "rlimit", "attempts", "sleep", "local_slots", "batch"), ("local_slots", "batch")),
    "study_cancelled": LogEvent(_W, "somebody asked to cancel the study"),
    "study_resumed": LogEvent(_I, "somebody asked to run instances again", ("count",)),
    "steps_held": LogEvent(_I, "somebody asked to hold instances: no attempt of them is submitted", ("count",)),
    "steps_released": LogEvent(_I, "somebody asked to let held instances run", ("count",)),
    "steps_skipped": LogEvent(_I, "somebody asked to skip instances: they count as finished", ("count",)),
    "steps_cancelled": LogEvent(_W, "somebody asked to cancel instances", ("count",)),
    "study_held": LogEvent(_I, "only held instances, and what waits for them, are left: the conductor waits for their release", ("count",)),
    "study_ended": LogEvent(_I, "every instance is in a final state", ("state", "exit_code")),
    "on_end_called": LogEvent(_I, "the command of `--on-end` was called, and ended with success", ("exit_code", "duration_s")),
    "on_end_failed": LogEvent(_W, "the command of `--on-end` could not be called, failed, or was stopped; the study stays what it is", ("exit_code", "duration_s", "reason"), ("exit_code", "duration_s")),
    "request_taken": LogEvent(_I, "a request was taken in, and its effect is safe", ("request", "by", "text", "reason"), ("by",)),
    "request_rejected": LogEvent(_E, "a request makes no sense, or cannot be granted; it is kept where `path` says", ("path", "reason", "request", "by"), ("request", "by")),
    "step_announced": LogEvent(_D, "an attempt is about to be submitted", ("step", "instance", "attempt", "cause")),
    "step_submitted": LogEvent(_I, "the scheduler took the job", (*_STEP, "cause")),
    "step_started": LogEvent(_I, "its command runs", (*_STEP, "cause", "reason"), _MAYBE),
    "step_changed": LogEvent(_I, "the scheduler reports something new of a job that lives", (*_STEP, "reason"), _MAYBE),
    "step_finished": LogEvent(_I, "ended with success", _END, _MAYBE),
    "step_failed": LogEvent(_E, "ended with failure, was refused, or a step before it failed", _END, _MAYBE),
    "step_asks_restart": LogEvent(_W, "ended with an exit code that asks for the restart command", _END, _MAYBE),
    "step_timed_out": LogEvent(_W, "was stopped at the end of its walltime", _END, _MAYBE),
    "step_lost": LogEvent(_W, "trouble of the infrastructure ended the attempt", _END, _MAYBE),
    "step_cancelled": LogEvent(_W, "was cancelled, or a step before it was", _END, _MAYBE),
    "step_dry": LogEvent(_I, "its scripts are written, nothing was run", _STEP, _MAYBE),
    "step_queued_again": LogEvent(_I, "another attempt will be made at once", (*_STEP, "reason"), _MAYBE),
    "step_waits": LogEvent(_I, "another attempt will be made after a pause", (*_STEP, "reason"), _MAYBE),
    "step_unknown": LogEvent(_W, "it is not known what became of an attempt; it is being asked for", (*_STEP, "reason"), _MAYBE),
    "submission_refused": LogEvent(_E, "the scheduler refused the job for good", ("step", "instance", "attempt", "reason")),
    "submission_postponed": LogEvent(_W, "the scheduler does not take the job now; it is offered again", ("step", "instance", "attempt", "reason")),
    "late_answer": LogEvent(_D, "an answer about an attempt that has ended was discarded", ("step", "instance", "attempt", "job_id"), ("job_id",)),
    "scheduler_unreachable": LogEvent(_W, "the scheduler does not answer; jobs are taken to go on", ("reason",), ("reason",)),
    "scheduler_answers": LogEvent(_I, "the scheduler answers again"),
    "cancel_refused": LogEvent(_W, "the scheduler did not take a cancellation; it is asked again", ("job_id", "reason")),
    "paused": LogEvent(_E, "the workspace cannot be written: nothing is started until it can", ("reason",)),
    "unpaused": LogEvent(_I, "the workspace can be written again"),
    "file_trouble": LogEvent(_W, "a file that only informs could not be written", ("path", "reason")),
    "journal_cut": LogEvent(_W, "a torn tail of the journal was cut", ("count",)),
    "journal_compacted": LogEvent(_I, "the journal was replaced by a shorter one", ("count",)),
    "log_lines_lost": LogEvent(_E, "lines that could not be written while the disk was full", ("count",)),
    "failed_inside": LogEvent(logging.CRITICAL, "a mistake in the conductor; please report it", ("reason",)),
}  # fmt: skip


def page() -> str:
    """Return the page ``docs/log-events.md``."""
    lines = [
        "# Log events",
        "",
        "`logs/<study>.log` has one JSON object per line. This page is made from",
        "`maestro_conductor/observers/log_events.py` (`python -m maestro_conductor.observers.log_events`), and a test",
        "compares them. Every line has `timestamp`, `level`, `event`, `study` and `workspace`; the",
        "other fields stand where they have a value. New events and fields may come with a minor",
        "version; none changes its meaning.",
        "",
        "A Python program that calls `maestro_conductor.conduct` and has configured structlog",
        "gets the same events there, from the logger `maestro_conductor`; nothing of ours configures it.",
        "",
        "| event | level | meaning | fields |",
        "|---|---|---|---|",
    ]
    for name, event in EVENTS.items():
        fields = ", ".join(f"`{field}`" for field in event.fields)
        level = logging.getLevelName(event.level).lower()
        lines.append(f"| `{name}` | {level} | {event.meaning} | {fields} |")
    lines += ["", "## Fields", "", "| field | type | unit | meaning |", "|---|---|---|---|"]
    for field, (kind, unit, meaning) in FIELDS.items():
        lines.append(f"| `{field}` | {kind} | {unit} | {meaning} |")
    return "\n".join([*lines, "", _ROTATION])


def schema() -> dict[str, object]:
    """Return the JSON Schema of a line: one shape per event."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of logs/<study>.log",
        "description": "Made from maestro_conductor/observers/log_events.py; new events and fields may come.",
        "oneOf": [_event_schema(name, event) for name, event in EVENTS.items()],
    }


def _event_schema(name: str, event: LogEvent) -> dict[str, object]:
    always = ("timestamp", "level", "event", "study", "workspace")
    properties: dict[str, dict[str, str]] = {
        field: {"type": _JSON_TYPES[FIELDS[field][0]]} for field in (*always, *event.fields)
    }
    properties["event"] = {"const": name}
    properties["level"] = {"const": logging.getLevelName(event.level).lower()}
    properties["timestamp"]["pattern"] = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$"
    return {
        "description": event.meaning,
        "type": "object",
        "properties": properties,
        "required": [*always, *event.required],
        "additionalProperties": False,
    }


_JSON_TYPES = {"str": "string", "int": "integer", "float": "number"}

_ROTATION = """\
## Rotation and shipping

The file is opened with `O_APPEND`, and each line is written whole; only a crash or a full disk can
tear the last one, and the next line then starts on a line of its own.

- **Rename** (logrotate's default): within a second the conductor sees that the name is gone or
  belongs to another file and opens a new one. Nothing is lost: until then lines go to the renamed
  file, so let the shipper read that one to its end (`delaycompress`).
- **`copytruncate`**: appending leaves no hole behind, but what is written between the rotator's
  copy and its truncation is lost, as the manual of logrotate says. Prefer rename.

A configuration for rsyslog that delivers every line once, rotated by rename or not. The new name
must not fit the pattern (`study.log.1` does not), or the file is read again:

```
module(load="imfile")
input(type="imfile" file="/path/to/workspace/logs/*.log" tag="maestro" reopenOnTruncate="on")
template(name="as_is" type="string" string="%msg%\\n")
action(type="omfile" file="/var/log/maestro.json" template="as_is")
```
"""


if __name__ == "__main__":
    import json
    import sys

    made = json.dumps(schema(), indent=1) + "\n" if "--schema" in sys.argv else page()
    sys.stdout.write(made)
