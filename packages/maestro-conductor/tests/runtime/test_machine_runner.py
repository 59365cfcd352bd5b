"""Something done before its record is safe, or never; an answer that is not taken in."""

from __future__ import annotations

import pytest

from maestro_conductor.core.events import Answers, CancelAsked, Polled
from maestro_conductor.journal import read_state
from maestro_conductor.model.states import NAMES
from maestro_conductor.runtime.attempt_reading import AttemptReader
from maestro_conductor.runtime.execute import Executor
from maestro_conductor.runtime.journal_commit import JournalCommitter
from maestro_conductor.runtime.machine_runner import MachineRunner
from maestro_conductor.runtime.withdrawal import Withdrawal


@pytest.fixture
def notes():
    return []


@pytest.fixture
def runner(shell, notes):
    runner = MachineRunner(
        shell.context,
        shell.machine,
        JournalCommitter(shell.context, shell.journal),
        Executor(
            {"local": shell.local},
            AttemptReader(shell.context, "here", "b1", lambda _instance: []),
            lambda _all: [],
        ),
        Withdrawal(shell.machine, [shell.local]),
        lambda name, fields: notes.append((name, fields)),
    )
    runner.start()
    return runner


def states(shell):
    """As the journal has them."""
    return [NAMES[code] for code in read_state(shell.root)[1].state]


def submitted(shell):
    return [job.instance for name, jobs in shell.local.calls if name == "submit" for job in jobs]


def test_what_is_submitted_is_in_the_journal_before(runner, shell):
    seen = []

    def look():
        seen.append((submitted(shell), list(read_state(shell.root)[1].attempt)))

    shell.local.before_submit = look
    runner.process([])
    assert seen == [([], [1, 0, 0])]
    assert submitted(shell) == [0]


def test_answers_are_taken_in_until_nothing_follows(runner, shell):
    shell.local.submitted = Answers("local", [(0, 1, {"job": "7", "state": "RUNNING"})])
    runner.process([])
    assert states(shell)[0] == "RUNNING"
    assert runner.idle
    assert runner.outcome is None


def test_nothing_is_submitted_while_the_journal_cannot_be_written(runner, shell):
    shell.disk.room = 0
    runner.process([])
    assert submitted(shell) == []
    assert not runner.idle
    assert "No space" in runner.pause
    shell.disk.room = None
    shell.clock.advance(1.0)
    runner.process([])
    assert submitted(shell) == [0]
    assert runner.pause is None


def test_cancelling_does_not_wait_for_the_journal(runner, shell):
    shell.local.submitted = Answers("local", [(0, 1, {"job": "7", "state": "RUNNING"})])
    runner.process([])
    shell.disk.room = 0
    runner.process([CancelAsked()])
    assert ("cancel", ["7"]) in shell.local.calls
    assert "CANCELLED" not in states(shell)


def test_scripts_that_cannot_be_written_pause_the_study(runner, shell):
    shell.local.trouble = "cannot write a.sh"
    refusal = {"error": "cannot write a.sh", "transient": True, "files": True}
    shell.local.submitted = Answers("local", [(0, 1, refusal)])
    runner.process([])
    assert runner.pause == "cannot write a.sh"


def test_what_is_taken_in_is_done_by_the_next_process(runner, shell):
    runner.take_in([CancelAsked()])
    assert shell.state.cancelling
    assert not read_state(shell.root)[1].cancelling
    runner.process([])
    assert read_state(shell.root)[1].cancelling
    assert runner.outcome == ("CANCELLED", 3)


def test_an_answer_that_comes_too_late_is_noted(runner, notes):
    runner.process([])
    runner.process([Answers("local", [(0, 9, {"job": "9", "state": "RUNNING"})])])
    runner.process([Polled("local", {})])
    assert [name for name, _ in notes] == ["late_answer"]


def test_who_leaves_says_so_in_the_journal(runner, shell):
    runner.process([])
    runner.close("SIGTERM")
    assert read_state(shell.root)[1].closed == "SIGTERM"
