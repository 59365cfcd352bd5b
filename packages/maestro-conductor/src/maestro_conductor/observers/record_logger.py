"""Log what records say, for people and machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from maestro_conductor.core.study_state import NONE, StudyState
from maestro_conductor.model import records
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.records import CAUSES, Record
from maestro_conductor.observers.log_writer import StudyLog

__all__ = ["RecordLogger"]

_STATE_EVENTS = {
    "RUNNING": "step_started",
    "FINISHED": "step_finished",
    "FAILED": "step_failed",
    "INCOMPLETE": "step_asks_restart",
    "TIMEDOUT": "step_timed_out",
    "HWFAILURE": "step_lost",
    "CANCELLED": "step_cancelled",
    "DRYRUN": "step_dry",
    "QUEUED": "step_queued_again",
    "WAITING": "step_waits",
    "UNKNOWN": "step_unknown",
}
_ENDS = frozenset({"FINISHED", "FAILED", "INCOMPLETE", "TIMEDOUT", "HWFAILURE", "CANCELLED"})


class RecordLogger:
    """Logs what records say. The state has taken them in already."""

    def __init__(self, graph: Graph, state: StudyState, log: StudyLog) -> None:
        self._graph = graph
        self._state = state
        self._log = log
        #: Each takes the kind of record that its name says.
        self._tellers: dict[str, Callable[[Any], None]] = {
            "settings": self._settings,
            "intent": self._intent,
            "submitted": self._submitted,
            "refused": self._refused,
            "state": self._states,
            "cancelled": self._cancelled,
            "resumed": self._resumed,
            "held": lambda record: log.event("steps_held", count=len(record["steps"])),
            "released": lambda record: log.event("steps_released", count=len(record["steps"])),
            "skipped": lambda record: log.event("steps_skipped", count=len(record["steps"])),
            "request": self._request,
            "ended": self._ended,
        }

    def tell(self, record: Record) -> None:
        """Log what a record says; kinds that say nothing to people are left out."""
        teller = self._tellers.get(record["kind"])
        if teller is not None:
            teller(record)

    def note(self, event: str, fields: dict[str, object]) -> None:
        """Log an event of the machine; its ``instance`` is an index."""
        i = fields.pop("instance", None)
        who = self._who(i) if isinstance(i, int) else {}
        self._log.event(event, **who, **fields)

    def _who(self, i: int) -> dict[str, str]:
        graph = self._graph
        return {"step": graph.steps[graph.step_of[i]].name, "instance": graph.names[i]}

    def _attempt(self, i: int, attempt: int) -> tuple[str | None, int, int]:
        """Return job, started and cause of the attempt that a record is about.

        One call of the machine may record the end of an attempt and the intent of another.
        """
        state = self._state
        if attempt != state.attempt[i] and i in state.previous:
            number, job, started, cause = state.previous[i]
            if number == attempt:
                return job, started, cause
        return state.job[i], state.started[i], state.cause[i]

    def _settings(self, record: records.SettingsRecord) -> None:
        self._log.event(
            "settings",
            source=record["source"],
            throttle=record["throttle"],
            rlimit=record["rlimit"],
            attempts=record["attempts"],
            sleep=record["sleep"],
            local_slots=record.get("local_slots"),
            batch=_text_of(record.get("batch")),
        )

    def _cancelled(self, record: records.CancelledRecord) -> None:
        steps = record.get("steps")
        if steps is None:
            self._log.event("study_cancelled")
        else:
            self._log.event("steps_cancelled", count=len(steps))

    def _request(self, record: records.RequestRecord) -> None:
        if record["accepted"]:  # a refused one is logged when it is kept aside
            self._log.event(
                "request_taken",
                request=record["request"],
                by=record["by"],
                text=record["text"],
                reason=record["message"],
            )

    def _resumed(self, record: records.ResumedRecord) -> None:
        self._log.event("study_resumed", count=len(record["steps"]))

    def _intent(self, record: records.IntentRecord) -> None:
        if not self._log.wants("step_announced"):
            return
        for i, attempt, _token, cause, _script in record["jobs"]:
            self._log.event("step_announced", **self._who(i), attempt=attempt, cause=cause)

    def _submitted(self, record: records.SubmittedRecord) -> None:
        for i, attempt, job, state in record["jobs"]:
            self._log.event(
                "step_started" if state == "RUNNING" else "step_submitted",
                **self._who(i),
                attempt=attempt,
                job_id=job,
                state=state,
                cause=CAUSES[self._attempt(i, attempt)[2]],
            )

    def _refused(self, record: records.RefusedRecord) -> None:
        for i, attempt, final, message in record["jobs"]:
            event = "submission_refused" if final else "submission_postponed"
            self._log.event(event, **self._who(i), attempt=attempt, reason=message)

    def _states(self, record: records.StateRecord) -> None:
        for i, attempt, name, at, exit_code, reason in record["steps"]:
            job, started, _cause = self._attempt(i, attempt)
            ended = name in _ENDS and attempt and started != NONE
            self._log.event(
                _STATE_EVENTS.get(name, "step_changed"),
                **self._who(i),
                attempt=attempt or None,
                job_id=job,
                state=name,
                exit_code=exit_code,
                duration_s=max(0, at - started) / 1000 if ended else None,
                reason=reason,
            )

    def _ended(self, record: records.EndedRecord) -> None:
        self._log.event("study_ended", state=record["state"], exit_code=record["exit_code"])


def _text_of(batch: Mapping[str, object] | None) -> str | None:
    return None if batch is None else ", ".join(f"{key}={value}" for key, value in batch.items())
