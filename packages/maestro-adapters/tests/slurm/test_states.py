"""Every state of Slurm's manual.

A fault here would be a job that waits and is taken for failed, or a node that failed and is not
tried again.
"""

import pytest

from maestro_adapters.job import states
from maestro_adapters.slurm.states import TABLE, translate

#: https://slurm.schedmd.com/job_state_codes.html, Slurm 26.05: base states, then flags.
MANUAL = {
    "BOOT_FAIL": states.HWFAILURE,
    "CANCELLED": states.CANCELLED,
    "COMPLETED": states.FINISHED,
    "DEADLINE": states.FAILED,
    "FAILED": states.FAILED,
    "NODE_FAIL": states.HWFAILURE,
    "OUT_OF_MEMORY": states.FAILED,
    "PENDING": states.PENDING,
    "PREEMPTED": states.PREEMPTED,
    "RUNNING": states.RUNNING,
    "SUSPENDED": states.SUSPENDED,
    "TIMEOUT": states.TIMEDOUT,
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
    "REVOKED": states.PENDING,
    "SIGNALING": states.RUNNING,
    "SPECIAL_EXIT": states.PENDING,
    "STAGE_OUT": states.FINISHING,
    "STOPPED": states.SUSPENDED,
    "UPDATE_DB": states.FINISHING,
}


def test_the_table_is_the_manual_s():
    assert sorted(TABLE.words) == sorted(MANUAL)


@pytest.mark.parametrize(("word", "state"), MANUAL.items())
def test_meanings(word, state):
    assert translate(word) == state


@pytest.mark.parametrize("native", ["CANCELLED by 0", "CANCELLED by 123456", "CANCELLED+"])
def test_sacct_says_who_cancelled(native):
    assert translate(native) == states.CANCELLED


def test_an_unknown_word_is_a_live_state_and_a_warning_with_the_word(caplog):
    assert translate("POSTPONED") == states.UNKNOWN
    assert "POSTPONED" in caplog.text
