"""Translates Flux's words for the states of a job.

`status` of https://flux-framework.readthedocs.io/projects/flux-core/en/latest/man1/flux-jobs.html
(JOB STATUS; flux-core 0.88): the state of a job that is active, the result of one that is not.
"""

from __future__ import annotations

from maestro_adapters.job import states
from maestro_adapters.job.states import StateTable

TABLE = StateTable(
    "Flux",
    "https://flux-framework.readthedocs.io/projects/flux-core/en/latest/man1/flux-jobs.html",
    {
        "NEW": states.PENDING,
        "DEPEND": states.PENDING,
        "PRIORITY": states.PENDING,
        "SCHED": states.PENDING,
        "RUN": states.RUNNING,
        "CLEANUP": states.FINISHING,
        # Between its end and the moment when its result is known.
        "INACTIVE": states.FINISHING,
        "COMPLETED": states.FINISHED,
        "FAILED": states.FAILED,
        "CANCELED": states.CANCELLED,
        "TIMEOUT": states.TIMEDOUT,
    },
)

#: Exceptions that end a job as FAILED through no fault of its own
#: (RFC 21 and flux-core's `job-exec`, `resource`: a node went away, the shell did not start).
_HARDWARE = frozenset({"node-failure", "lost-connection"})


def translate(status: str, exception: str | None = None) -> str:
    """Return the neutral state of a status and the type of the exception that ended the job."""
    state = TABLE.translate(status)
    if state == states.FAILED and exception in _HARDWARE:
        return states.HWFAILURE
    return state
