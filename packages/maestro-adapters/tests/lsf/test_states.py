"""Every state and every reason of IBM's pages (LSF 10.1).

A fault here would be a job that ran out of time and is taken for failed, so that it never restarts.
"""

import pytest

from maestro_adapters.job import states
from maestro_adapters.lsf.states import REASONS, TABLE, translate

#: "About job states" and lsbatch.h (JOB_STAT_*); FWD_PEND: LSF multicluster capability.
STATES = {
    "PEND": states.PENDING,
    "PROV": states.PENDING,
    "WAIT": states.PENDING,
    "FWD_PEND": states.PENDING,
    "PSUSP": states.PENDING,
    "RUN": states.RUNNING,
    "USUSP": states.SUSPENDED,
    "SSUSP": states.SUSPENDED,
    "UNKWN": states.UNKNOWN,
    "ZOMBI": states.HWFAILURE,
    "DONE": states.FINISHED,
    "PDONE": states.FINISHED,
    "PERR": states.FINISHED,
    "EXIT": states.FAILED,
}
#: "Termination reasons displayed by bacct, bhist, and bjobs", behind TERM_.
TERMINATIONS = {
    "ADMIN": states.CANCELLED,
    "BUCKET_KILL": states.CANCELLED,
    "CHKPNT": states.FAILED,
    "CPULIMIT": states.FAILED,
    "CSM_ALLOC": states.HWFAILURE,
    "CWD_NOTEXIST": states.HWFAILURE,
    "DATA": states.FAILED,
    "DEADLINE": states.FAILED,
    "EXTERNAL_SIGNAL": states.FAILED,
    "FORCE_ADMIN": states.CANCELLED,
    "FORCE_OWNER": states.CANCELLED,
    "KUBE": states.FAILED,
    "LOAD": states.PREEMPTED,
    "MC_RECALL": states.PENDING,
    "MEMLIMIT": states.FAILED,
    "ORPHAN_SYSTEM": states.CANCELLED,
    "OTHER": states.PENDING,
    "OWNER": states.CANCELLED,
    "PREEMPT": states.PREEMPTED,
    "PRE_EXEC_FAIL": states.HWFAILURE,
    "PROCESSLIMIT": states.FAILED,
    "RC": states.PREEMPTED,
    "REMOVE_HUNG_JOB": states.CANCELLED,
    "REQUEUE_ADMIN": states.PENDING,
    "REQUEUE_OWNER": states.PENDING,
    "REQUEUE_RC": states.PENDING,
    "RMS": states.HWFAILURE,
    "RUNLIMIT": states.TIMEDOUT,
    "SWAP": states.FAILED,
    "THREADLIMIT": states.FAILED,
    "UNKNOWN": states.FAILED,
    "WINDOW": states.TIMEDOUT,
    "ZOMBIE": states.HWFAILURE,
}


def test_the_tables_are_the_manual_s():
    assert sorted(TABLE.words) == sorted(STATES)
    assert sorted(REASONS) == sorted(f"TERM_{word}" for word in TERMINATIONS)


@pytest.mark.parametrize(("word", "state"), STATES.items())
def test_meanings(word, state):
    assert translate(word, "") == state


@pytest.mark.parametrize(("word", "state"), TERMINATIONS.items())
def test_meanings_of_an_end(word, state):
    assert translate("EXIT", f"TERM_{word}: as the page says") == state
    assert translate("DONE", f"TERM_{word}: as the page says") == states.FINISHED


def test_a_reason_that_nobody_knows_is_a_failure():
    assert translate("EXIT", "TERM_NEWER_THAN_US: whatever") == states.FAILED


def test_a_live_word_is_no_warning_and_an_unknown_one_is(caplog):
    assert translate("UNKWN", "") in states.LIVE
    assert not caplog.records
    assert translate("POSTPONED", "") == states.UNKNOWN
    assert "POSTPONED" in caplog.text
