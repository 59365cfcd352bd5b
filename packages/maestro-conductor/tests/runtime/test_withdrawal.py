"""An attempt that starts after the study stopped, or more than the throttle allows; or one too few."""

from __future__ import annotations

from collections import deque

import pytest

from maestro_conductor.core.events import Closing, Now
from maestro_conductor.core.instructions import ReadAttemptFile, Submission, Submit
from maestro_conductor.core.machine import Machine
from maestro_conductor.model.settings import SettingsChange
from maestro_conductor.runtime.withdrawal import Withdrawal
from maestro_conductor.testing import StepPlan

NOW = Now(1, 1.0)


@pytest.fixture
def made(make_shell, make_backend):
    """A withdrawal over eight attempts: four are with a backend, four in the way of instructions."""
    shell = make_shell(StepPlan("s", ["x"] * 8))
    shell.machine = Machine(shell.context.graph, shell.state, local_slots=None)
    shell.machine.start(NOW)
    assert len(shell.machine.handle([], NOW).instructions[0].jobs) == 8
    shell.local.waiting = [(i, 1) for i in range(4)]
    jobs = [Submission(i, 1, "t", restart=False) for i in range(4, 8)]
    todo = deque(
        [Submit("local", jobs[:2]), ReadAttemptFile(0, 1, void=False), Submit("local", jobs[2:])]
    )
    other = make_backend("scheduled")
    return shell, Withdrawal(shell.machine, [shell.local, other]), todo


def gone(answers):
    assert all(answer["transient"] for each in answers for _, _, answer in each.jobs)
    return [i for each in answers for i, _, _ in each.jobs]


def test_nothing_is_withdrawn_while_all_may_start(made):
    shell, withdrawal, todo = made
    assert withdrawal.withdraw(todo, paused=False) == []
    assert len(todo) == 3
    assert shell.local.calls == []


@pytest.mark.parametrize("paused", [False, True])
def test_a_study_that_stops_withdraws_all_and_leaves_other_instructions(made, paused):
    shell, withdrawal, todo = made
    shell.machine.handle([Closing(stop_local=False)], NOW)
    assert sorted(gone(withdrawal.withdraw(todo, paused=paused))) == list(range(8))
    assert list(todo) == [ReadAttemptFile(0, 1, void=False)]


def test_a_paused_study_withdraws_what_would_start_without_it(made):
    _, withdrawal, todo = made
    assert gone(withdrawal.withdraw(todo, paused=True)) == [0, 1, 2, 3]
    assert len(todo) == 3


@pytest.mark.parametrize(("throttle", "last"), [(7, [7]), (5, [6, 7, 5]), (3, [6, 7, 4, 5, 3])])
def test_a_lowered_throttle_withdraws_the_last_beyond_it(made, throttle, last):
    shell, withdrawal, todo = made
    shell.machine.handle([SettingsChange(throttle=throttle)], NOW)
    assert gone(withdrawal.withdraw(todo, paused=False)) == last
    left = [job.instance for item in todo if isinstance(item, Submit) for job in item.jobs]
    assert left == [i for i in range(4, 8) if i not in last]
