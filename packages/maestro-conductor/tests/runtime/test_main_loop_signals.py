"""A signal that ends local steps which should go on, or the reverse: in a time of its own."""

from __future__ import annotations

import os
import signal

import pytest

from maestro_conductor.journal import read_state
from maestro_conductor.model.states import NAMES
from maestro_conductor.testing import StepPlan, make_workspace

FINISHED = {"state": "FINISHED", "exit_code": 0}


@pytest.fixture
def chain(timed):
    """Two local steps, one after the other; the first runs until it is told to end."""
    bench = timed()
    plans = [StepPlan("a"), StepPlan("b", needs=["a"])]
    make_workspace(bench.root, plans, batch={"type": "scripted"})
    return bench


def stop(bench, at, number=signal.SIGTERM):
    bench.time.at(at, lambda: os.kill(os.getpid(), number))


def ends(bench):
    return [NAMES[code] for code in read_state(bench.root)[1].state]


@pytest.mark.parametrize("how", ["leave", "finish", "stop"])
def test_running_local_steps_are_left_or_finished_or_stopped(chain, how):
    stop(chain, 30.0)
    chain.time.at(300.0, lambda: chain.local.say("100", **FINISHED))
    assert chain.conduct(local_steps=how) == 143
    assert len(chain.local.submissions) == 1
    assert bool(chain.local.cancelled) == (how == "stop")
    if how == "finish":
        assert 300 <= chain.time.now <= 301
        assert ends(chain) == ["FINISHED", "QUEUED"]
    else:
        assert chain.time.now <= 32
        assert ends(chain) == ["RUNNING" if how == "leave" else "QUEUED", "INITIALIZED"]


def test_a_second_signal_leaves_local_steps_that_were_waited_for(chain):
    stop(chain, 30.0, signal.SIGINT)
    stop(chain, 50.0, signal.SIGINT)
    assert chain.conduct(local_steps="finish") == 130
    assert 50 <= chain.time.now <= 52
    assert chain.local.cancelled == []
    assert ends(chain) == ["RUNNING", "INITIALIZED"]
