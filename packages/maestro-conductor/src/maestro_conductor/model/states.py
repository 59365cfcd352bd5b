"""List the states of a step's instance: names, meanings, sets, and what may follow what.

The page ``docs/step-states.md`` is checked against this module.
"""

from __future__ import annotations

__all__ = [
    "ALLOWED",
    "CANCELLED",
    "CODES",
    "DRYRUN",
    "FAILED",
    "FINAL",
    "FINISHED",
    "FINISHING",
    "HWFAILURE",
    "INCOMPLETE",
    "INITIALIZED",
    "IN_FLIGHT",
    "MEANINGS",
    "NAMES",
    "PENDING",
    "QUEUED",
    "RUNNING",
    "SKIPPED",
    "TIMEDOUT",
    "UNKNOWN",
    "WAITING",
]

INITIALIZED, QUEUED, WAITING, PENDING, RUNNING, FINISHING, UNKNOWN = range(7)
FINISHED, FAILED, INCOMPLETE, TIMEDOUT, HWFAILURE, CANCELLED, DRYRUN, SKIPPED = range(7, 15)

#: Name of each state, by its code.
NAMES = (
    "INITIALIZED",
    "QUEUED",
    "WAITING",
    "PENDING",
    "RUNNING",
    "FINISHING",
    "UNKNOWN",
    "FINISHED",
    "FAILED",
    "INCOMPLETE",
    "TIMEDOUT",
    "HWFAILURE",
    "CANCELLED",
    "DRYRUN",
    "SKIPPED",
)
CODES = {name: code for code, name in enumerate(NAMES)}

MEANINGS = {
    INITIALIZED: "waits for steps that it depends on",
    QUEUED: "may run; waits for a free slot or for the throttle",
    WAITING: "may run later: the scheduler does not take it now, a retry pauses, or it was withdrawn"
    " before it started",
    PENDING: "submitted; waits in the scheduler's queue, or (local) made ready for the next free slot",
    RUNNING: "its command runs, or is suspended by the scheduler",
    FINISHING: "its command has ended, the scheduler tidies up",
    UNKNOWN: "submitted, and not known what became of it; being asked for",
    FINISHED: "ended with success",
    FAILED: "ended with failure, was refused, or a step before it failed",
    INCOMPLETE: "ended with an exit code that asks for its restart command",
    TIMEDOUT: "stopped at the end of its walltime",
    HWFAILURE: "trouble of the infrastructure: a node failed, the job was preempted or lost",
    CANCELLED: "cancelled, or a step before it was",
    DRYRUN: "its scripts are written, nothing was run",
    SKIPPED: "skipped by somebody; counts as finished",
}

#: An attempt has been submitted and its end is not known.
IN_FLIGHT = frozenset({PENDING, RUNNING, FINISHING, UNKNOWN})
#: Nothing follows unless somebody asks.
FINAL = frozenset({FINISHED, FAILED, TIMEDOUT, HWFAILURE, CANCELLED, DRYRUN, SKIPPED})

_ENDS = frozenset({FINISHED, FAILED, INCOMPLETE, TIMEDOUT, HWFAILURE, CANCELLED})

#: What may follow each state. A final state that is followed by QUEUED or WAITING is so within one
#: record of the journal: the end of one attempt, and the decision to make another. What was asked
#: for again by a resume request becomes INITIALIZED.
ALLOWED: dict[int, frozenset[int]] = {
    INITIALIZED: frozenset({QUEUED, FAILED, CANCELLED, DRYRUN, SKIPPED}),
    QUEUED: frozenset({PENDING, WAITING, FAILED, CANCELLED, DRYRUN, SKIPPED}),
    WAITING: frozenset({QUEUED, PENDING, FAILED, CANCELLED, DRYRUN, SKIPPED}),
    PENDING: frozenset({QUEUED, WAITING, RUNNING, FINISHING, UNKNOWN}) | _ENDS,
    RUNNING: frozenset({QUEUED, WAITING, PENDING, FINISHING, UNKNOWN}) | _ENDS,
    FINISHING: frozenset({QUEUED, WAITING, PENDING, RUNNING, UNKNOWN}) | _ENDS,
    UNKNOWN: frozenset({QUEUED, WAITING, PENDING, RUNNING, FINISHING}) | _ENDS,
    FINISHED: frozenset({INITIALIZED}),
    FAILED: frozenset({INITIALIZED, QUEUED, WAITING, SKIPPED}),
    INCOMPLETE: frozenset({QUEUED, WAITING, FAILED, CANCELLED}),
    TIMEDOUT: frozenset({INITIALIZED, QUEUED, WAITING, SKIPPED}),
    HWFAILURE: frozenset({INITIALIZED, QUEUED, WAITING, SKIPPED}),
    CANCELLED: frozenset({INITIALIZED, SKIPPED}),
    DRYRUN: frozenset({INITIALIZED, SKIPPED}),
    SKIPPED: frozenset({INITIALIZED}),
}
