"""Every status of flux-jobs(1).

A fault here would be a job whose node was lost and that is taken for failed.
"""

import pytest

from maestro_adapters.flux.states import TABLE, translate
from maestro_adapters.job import states

#: flux-jobs(1), JOB STATUS (0.88), and NEW of RFC 21.
MANUAL = {
    "NEW": states.PENDING,
    "DEPEND": states.PENDING,
    "PRIORITY": states.PENDING,
    "SCHED": states.PENDING,
    "RUN": states.RUNNING,
    "CLEANUP": states.FINISHING,
    "INACTIVE": states.FINISHING,
    "COMPLETED": states.FINISHED,
    "FAILED": states.FAILED,
    "CANCELED": states.CANCELLED,
    "TIMEOUT": states.TIMEDOUT,
}


def test_the_table_is_the_manual_s():
    assert sorted(TABLE.words) == sorted(MANUAL)


@pytest.mark.parametrize(("word", "state"), MANUAL.items())
def test_meanings(word, state):
    assert translate(word) == state


@pytest.mark.parametrize(
    ("word", "exception", "state"),
    [
        ("FAILED", "alloc", states.FAILED),
        ("FAILED", "node-failure", states.HWFAILURE),
        ("FAILED", "lost-connection", states.HWFAILURE),
        ("CANCELED", "cancel", states.CANCELLED),
        ("TIMEOUT", "timeout", states.TIMEDOUT),
    ],
)
def test_meanings_of_an_end(word, exception, state):
    assert translate(word, exception) == state


def test_an_unknown_word_is_a_live_state_and_a_warning_with_the_word(caplog):
    assert translate("POSTPONED") == states.UNKNOWN
    assert "POSTPONED" in caplog.text
