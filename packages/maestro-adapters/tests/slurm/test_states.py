"""Every state of Slurm's manual."""

import pytest

from maestro_adapters import states
from maestro_adapters.slurm.states import TABLE, translate

#: https://slurm.schedmd.com/job_state_codes.html, Slurm 26.05: base states, then flags.
MANUAL = [
    "BOOT_FAIL",
    "CANCELLED",
    "COMPLETED",
    "DEADLINE",
    "FAILED",
    "NODE_FAIL",
    "OUT_OF_MEMORY",
    "PENDING",
    "PREEMPTED",
    "RUNNING",
    "SUSPENDED",
    "TIMEOUT",
    "COMPLETING",
    "CONFIGURING",
    "EXPEDITING",
    "LAUNCH_FAILED",
    "POWER_UP_NODE",
    "RECONFIG_FAIL",
    "REQUEUED",
    "REQUEUE_FED",
    "REQUEUE_HOLD",
    "RESIZING",
    "RESV_DEL_HOLD",
    "REVOKED",
    "SIGNALING",
    "SPECIAL_EXIT",
    "STAGE_OUT",
    "STOPPED",
    "UPDATE_DB",
]


def test_the_table_is_the_manual_s():
    assert sorted(TABLE.words) == sorted(MANUAL)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("PENDING", states.PENDING),
        ("CONFIGURING", states.PENDING),
        ("REQUEUED", states.PENDING),
        ("REQUEUE_HOLD", states.PENDING),
        ("SPECIAL_EXIT", states.PENDING),
        ("REVOKED", states.PENDING),
        ("RUNNING", states.RUNNING),
        ("RESIZING", states.RUNNING),
        ("SIGNALING", states.RUNNING),
        ("SUSPENDED", states.SUSPENDED),
        ("STOPPED", states.SUSPENDED),
        ("COMPLETING", states.FINISHING),
        ("STAGE_OUT", states.FINISHING),
        ("COMPLETED", states.FINISHED),
        ("FAILED", states.FAILED),
        ("OUT_OF_MEMORY", states.FAILED),
        ("DEADLINE", states.FAILED),
        ("TIMEOUT", states.TIMEDOUT),
        ("CANCELLED", states.CANCELLED),
        ("NODE_FAIL", states.HWFAILURE),
        ("BOOT_FAIL", states.HWFAILURE),
        ("PREEMPTED", states.PREEMPTED),
    ],
)
def test_meanings(word, state):
    assert translate(word) == state


@pytest.mark.parametrize("native", ["CANCELLED by 0", "CANCELLED by 123456", "CANCELLED+"])
def test_sacct_says_who_cancelled(native):
    assert translate(native) == states.CANCELLED
