"""Every status of flux-jobs(1)."""

import pytest

from maestro_adapters import states
from maestro_adapters.flux.states import TABLE, translate

#: flux-jobs(1), JOB STATUS (0.88), and NEW of RFC 21.
MANUAL = [
    "NEW",
    "DEPEND",
    "PRIORITY",
    "SCHED",
    "RUN",
    "CLEANUP",
    "INACTIVE",
    "COMPLETED",
    "FAILED",
    "CANCELED",
    "TIMEOUT",
]


def test_the_table_is_the_manual_s():
    assert sorted(TABLE.words) == sorted(MANUAL)


@pytest.mark.parametrize(
    ("word", "exception", "state"),
    [
        ("DEPEND", None, states.PENDING),
        ("PRIORITY", None, states.PENDING),
        ("SCHED", None, states.PENDING),
        ("RUN", None, states.RUNNING),
        ("CLEANUP", None, states.FINISHING),
        ("COMPLETED", None, states.FINISHED),
        ("FAILED", None, states.FAILED),
        ("FAILED", "alloc", states.FAILED),
        ("FAILED", "node-failure", states.HWFAILURE),
        ("CANCELED", "cancel", states.CANCELLED),
        ("TIMEOUT", "timeout", states.TIMEDOUT),
    ],
)
def test_meanings(word, exception, state):
    assert translate(word, exception) == state
