"""Every state and every reason of IBM's pages (LSF 10.1)."""

import pytest

from maestro_adapters import states
from maestro_adapters.lsf.states import REASONS, TABLE, translate

#: "About job states" and lsbatch.h (JOB_STAT_*); FWD_PEND: LSF multicluster capability.
STATES = [
    "PEND",
    "PROV",
    "WAIT",
    "FWD_PEND",
    "PSUSP",
    "RUN",
    "USUSP",
    "SSUSP",
    "UNKWN",
    "ZOMBI",
    "DONE",
    "PDONE",
    "PERR",
    "EXIT",
]
#: "Termination reasons displayed by bacct, bhist, and bjobs".
TERMINATIONS = [
    "ADMIN",
    "BUCKET_KILL",
    "CHKPNT",
    "CPULIMIT",
    "CSM_ALLOC",
    "CWD_NOTEXIST",
    "DATA",
    "DEADLINE",
    "EXTERNAL_SIGNAL",
    "FORCE_ADMIN",
    "FORCE_OWNER",
    "KUBE",
    "LOAD",
    "MC_RECALL",
    "MEMLIMIT",
    "ORPHAN_SYSTEM",
    "OTHER",
    "OWNER",
    "PREEMPT",
    "PRE_EXEC_FAIL",
    "PROCESSLIMIT",
    "RC",
    "REMOVE_HUNG_JOB",
    "REQUEUE_ADMIN",
    "REQUEUE_OWNER",
    "REQUEUE_RC",
    "RMS",
    "RUNLIMIT",
    "SWAP",
    "THREADLIMIT",
    "UNKNOWN",
    "WINDOW",
    "ZOMBIE",
]


def test_the_tables_are_the_manual_s():
    assert sorted(TABLE.words) == sorted(STATES)
    assert sorted(REASONS) == sorted(f"TERM_{word}" for word in TERMINATIONS)


@pytest.mark.parametrize(
    ("word", "reason", "state"),
    [
        ("PEND", "", states.PENDING),
        ("PSUSP", "", states.PENDING),
        ("PROV", "", states.PENDING),
        ("WAIT", "", states.PENDING),
        ("RUN", "", states.RUNNING),
        ("USUSP", "", states.SUSPENDED),
        ("SSUSP", "", states.SUSPENDED),
        ("UNKWN", "", states.UNKNOWN),
        ("ZOMBI", "", states.HWFAILURE),
        ("DONE", "", states.FINISHED),
        ("EXIT", "", states.FAILED),
        ("EXIT", "TERM_RUNLIMIT: job killed after reaching LSF run time limit", states.TIMEDOUT),
        ("EXIT", "TERM_OWNER: job killed by owner", states.CANCELLED),
        ("EXIT", "TERM_ADMIN: job killed by root or LSF administrator", states.CANCELLED),
        ("EXIT", "TERM_PREEMPT: job killed after preemption", states.PREEMPTED),
        ("EXIT", "TERM_MEMLIMIT: job killed after reaching LSF memory usage limit", states.FAILED),
        ("EXIT", "TERM_REQUEUE_OWNER: job killed and requeued by owner", states.PENDING),
        ("EXIT", "TERM_NEWER_THAN_US: whatever", states.FAILED),
    ],
)
def test_meanings(word, reason, state):
    assert translate(word, reason) == state


def test_a_live_word_is_no_warning(caplog):
    assert translate("UNKWN", "") in states.LIVE
    assert not caplog.records
