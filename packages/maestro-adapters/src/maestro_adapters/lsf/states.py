"""Translates LSF's words for the states of a job, and for what ended it.

States: https://www.ibm.com/docs/en/spectrum-lsf/10.1.0?topic=execution-about-job-states and the
`JOB_STAT_*` list of `lsbatch.h`; reasons:
https://www.ibm.com/docs/SSWRJV_10.1.0/lsf_admin/termination_reasons_lsf.html (10.1).
"""

from __future__ import annotations

from maestro_adapters.job import states
from maestro_adapters.job.states import StateTable

TABLE = StateTable(
    "LSF",
    "https://www.ibm.com/docs/en/spectrum-lsf/10.1.0?topic=execution-about-job-states",
    {
        "PEND": states.PENDING,
        # A host that saves power is being woken for it.
        "PROV": states.PENDING,
        # Member of a chunk, waits for the others.
        "WAIT": states.PENDING,
        # Forwarded to another cluster, waits there.
        "FWD_PEND": states.PENDING,
        # Held before it started.
        "PSUSP": states.PENDING,
        "RUN": states.RUNNING,
        "USUSP": states.SUSPENDED,
        "SSUSP": states.SUSPENDED,
        # The host that runs it has lost contact: the job may be alive, and LSF goes on looking.
        "UNKWN": states.UNKNOWN,
        # Its host is lost for good, or it was killed there and nobody confirms it.
        "ZOMBI": states.HWFAILURE,
        "DONE": states.FINISHED,
        "PDONE": states.FINISHED,
        # What ran after the job failed, not the job.
        "PERR": states.FINISHED,
        "EXIT": states.FAILED,
    },
)

#: What an `EXIT` means, by the first word of its reason. Any other reason: FAILED.
REASONS = {
    "TERM_RUNLIMIT": states.TIMEDOUT,
    # The queue's run window closed.
    "TERM_WINDOW": states.TIMEDOUT,
    "TERM_OWNER": states.CANCELLED,
    "TERM_FORCE_OWNER": states.CANCELLED,
    "TERM_ADMIN": states.CANCELLED,
    "TERM_FORCE_ADMIN": states.CANCELLED,
    "TERM_BUCKET_KILL": states.CANCELLED,
    "TERM_REMOVE_HUNG_JOB": states.CANCELLED,
    "TERM_ORPHAN_SYSTEM": states.CANCELLED,
    "TERM_PREEMPT": states.PREEMPTED,
    # A cloud took its host back.
    "TERM_RC": states.PREEMPTED,
    "TERM_LOAD": states.PREEMPTED,
    "TERM_CSM_ALLOC": states.HWFAILURE,
    "TERM_CWD_NOTEXIST": states.HWFAILURE,
    "TERM_PRE_EXEC_FAIL": states.HWFAILURE,
    "TERM_RMS": states.HWFAILURE,
    "TERM_ZOMBIE": states.HWFAILURE,
    "TERM_MC_RECALL": states.PENDING,
    "TERM_OTHER": states.PENDING,
    "TERM_REQUEUE_ADMIN": states.PENDING,
    "TERM_REQUEUE_OWNER": states.PENDING,
    "TERM_REQUEUE_RC": states.PENDING,
    "TERM_CHKPNT": states.FAILED,
    "TERM_CPULIMIT": states.FAILED,
    "TERM_DATA": states.FAILED,
    "TERM_DEADLINE": states.FAILED,
    "TERM_EXTERNAL_SIGNAL": states.FAILED,
    "TERM_KUBE": states.FAILED,
    "TERM_MEMLIMIT": states.FAILED,
    "TERM_PROCESSLIMIT": states.FAILED,
    "TERM_SWAP": states.FAILED,
    "TERM_THREADLIMIT": states.FAILED,
    "TERM_UNKNOWN": states.FAILED,
}


def translate(native: str, reason: str) -> str:
    """Return the neutral state of a word of `bjobs` and the reason that it gives for an end."""
    state = TABLE.translate(native)
    if state != states.FAILED:
        return state
    return REASONS.get(reason.split(":")[0].strip(), states.FAILED)
