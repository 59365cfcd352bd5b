"""The neutral states and the tables that lead to them.

A fault here would be a state that is neither live nor final, so that a job is followed for ever or
never.
"""

import json
import logging

import pytest

from maestro_adapters.flux.states import TABLE as FLUX
from maestro_adapters.job import states
from maestro_adapters.job.states import JobStatus, exit_code_of_wait_status
from maestro_adapters.lsf.states import TABLE as LSF
from maestro_adapters.slurm.states import TABLE as SLURM

ALL = states.LIVE | states.FINAL


def test_a_state_is_live_or_final():
    assert not states.LIVE & states.FINAL
    assert len(ALL) == 13


@pytest.mark.parametrize("table", [SLURM, LSF, FLUX], ids=lambda table: table.scheduler)
def test_tables_lead_to_neutral_states_and_cite_their_page(table):
    assert set(table.words.values()) <= ALL
    assert table.source.startswith("https://")


@pytest.mark.parametrize("table", [SLURM, LSF, FLUX], ids=lambda table: table.scheduler)
def test_an_unknown_word_is_a_warning_and_a_live_state(table, caplog):
    with caplog.at_level(logging.WARNING):
        state = table.translate("FROBNICATING")
    assert state == states.UNKNOWN
    assert state in states.LIVE
    (record,) = caplog.records
    assert "FROBNICATING" in record.getMessage()
    assert table.scheduler in record.getMessage()


def test_an_answer_is_made_of_builtin_types():
    status = JobStatus("RUNNING", native="R", started=1.5, nodes=("n1", "n2"))
    assert json.loads(json.dumps(status.answer())) == {
        "state": "RUNNING",
        "native": "R",
        "reason": None,
        "exit_code": None,
        "started": 1.5,
        "ended": None,
        "restarts": 0,
        "nodes": ["n1", "n2"],
    }


@pytest.mark.parametrize(
    ("status", "code"), [(0, 0), (768, 3), (9, 137), (15, 143), (36352, 142), (139, 139)]
)
def test_wait_statuses(status, code):
    assert exit_code_of_wait_status(status) == code
