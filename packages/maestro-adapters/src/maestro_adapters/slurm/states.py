"""Translates Slurm's words for the states of a job.

Base states and flags are those of https://slurm.schedmd.com/job_state_codes.html (Slurm 26.05);
`squeue` and `sacct` show one word for both. The list holds that of squeue(1) of 22.05 as a part.
"""

from __future__ import annotations

from maestro_adapters.job import states
from maestro_adapters.job.states import StateTable

TABLE = StateTable(
    "Slurm",
    "https://slurm.schedmd.com/job_state_codes.html",
    {
        # Base states
        "BOOT_FAIL": states.HWFAILURE,
        "CANCELLED": states.CANCELLED,
        "COMPLETED": states.FINISHED,
        # Its deadline is one that the study asked for by name; no restart can meet it.
        "DEADLINE": states.FAILED,
        "FAILED": states.FAILED,
        "NODE_FAIL": states.HWFAILURE,
        "OUT_OF_MEMORY": states.FAILED,
        "PENDING": states.PENDING,
        "PREEMPTED": states.PREEMPTED,
        "RUNNING": states.RUNNING,
        "SUSPENDED": states.SUSPENDED,
        "TIMEOUT": states.TIMEDOUT,
        # Flags, shown in place of the base state
        "COMPLETING": states.FINISHING,
        "CONFIGURING": states.PENDING,
        "EXPEDITING": states.PENDING,
        "LAUNCH_FAILED": states.HWFAILURE,
        "POWER_UP_NODE": states.PENDING,
        "RECONFIG_FAIL": states.HWFAILURE,
        "REQUEUED": states.PENDING,
        "REQUEUE_FED": states.PENDING,
        "REQUEUE_HOLD": states.PENDING,
        "RESIZING": states.RUNNING,
        "RESV_DEL_HOLD": states.PENDING,
        # Another cluster of the federation runs it: alive, elsewhere.
        "REVOKED": states.PENDING,
        "SIGNALING": states.RUNNING,
        "SPECIAL_EXIT": states.PENDING,
        "STAGE_OUT": states.FINISHING,
        "STOPPED": states.SUSPENDED,
        "UPDATE_DB": states.FINISHING,
    },
)


def translate(native: str) -> str:
    """Return the neutral state of what `squeue` or `sacct` printed: `CANCELLED by 0`, `CANCELLED+` too."""
    word = native.split()[0].rstrip("+") if native.strip() else native
    return TABLE.translate(word)
