"""A conductor that leaves too early, with an answer under way, or that a signal does not end."""

from __future__ import annotations

import attrs
import pytest

from maestro_conductor.core.events import Closing
from maestro_conductor.core.queues import LOCAL, SCHEDULED, Queue
from maestro_conductor.runtime.shutdown import Shutdown


@attrs.define
class Received:
    """Signals as they came."""

    name: str | None = None
    again: bool = False


@pytest.fixture
def signals():
    return Received()


@pytest.fixture
def queues():
    return {name: Queue(name, None, lambda _i: 1) for name in (LOCAL, SCHEDULED)}


def test_without_a_signal_nothing_is_due(signals, queues):
    shutdown = Shutdown(signals, "leave", queues)
    assert shutdown.look(1.0) == []
    assert not shutdown.is_due(1e9)
    assert shutdown.reason is None


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
@pytest.mark.parametrize("how", ["leave", "finish", "stop"])
def test_the_machine_hears_of_a_signal_once(signals, queues, name, code, how):
    shutdown = Shutdown(signals, how, queues)
    signals.name = name
    assert shutdown.look(1.0) == [Closing(stop_local=how == "stop")]
    assert shutdown.look(1.1) == []
    assert (shutdown.reason, shutdown.exit_code) == (name, code)
    assert shutdown.is_due(1.1)


@pytest.mark.parametrize("queue", [LOCAL, SCHEDULED])
def test_answers_to_submissions_are_waited_for_but_not_for_ever(signals, queues, queue):
    shutdown = Shutdown(signals, "leave", queues)
    queues[queue].submitting.add(0)
    signals.name = "SIGTERM"
    shutdown.look(1.0)
    assert not shutdown.is_due(30.0)
    assert shutdown.is_due(31.5)
    queues[queue].submitting.clear()
    assert shutdown.is_due(2.0)


@pytest.mark.parametrize(("how", "late"), [("leave", True), ("stop", True), ("finish", False)])
def test_local_steps_are_waited_for_as_was_asked(signals, queues, how, late):
    shutdown = Shutdown(signals, how, queues)
    queues[LOCAL].jobs["7"] = 0
    signals.name = "SIGTERM"
    shutdown.look(1.0)
    assert shutdown.is_due(2.0) == (how == "leave")
    assert shutdown.is_due(1000.0) == late
    queues[LOCAL].jobs.clear()
    assert shutdown.is_due(2.0)


def test_jobs_of_a_scheduler_are_never_waited_for(signals, queues):
    shutdown = Shutdown(signals, "finish", queues)
    queues[SCHEDULED].jobs["7"] = 0
    signals.name = "SIGINT"
    shutdown.look(1.0)
    assert shutdown.is_due(1.0)


def test_a_second_signal_ends_the_waiting_even_if_both_came_at_once(signals, queues):
    shutdown = Shutdown(signals, "finish", queues)
    queues[LOCAL].jobs["7"] = 0
    signals.name, signals.again = "SIGINT", True
    shutdown.look(1.0)
    assert shutdown.exit_code == 130
    assert not shutdown.is_due(1.0)
    shutdown.look(1.5)
    assert shutdown.is_due(1.6)


def test_a_deleted_workspace_is_left_when_patience_ends_and_not_before(signals, queues):
    shutdown = Shutdown(signals, "leave", queues)
    assert shutdown.depart(None, 1.0) == [Closing(stop_local=False)]
    assert (shutdown.reason, shutdown.exit_code) == ("deleted", 1)
    assert not shutdown.is_due(31.0)
    assert shutdown.is_due(31.5)


def test_a_moved_workspace_is_left_once_its_local_steps_have_ended(signals, queues, tmp_path):
    shutdown = Shutdown(signals, "leave", queues)
    queues[LOCAL].jobs["7"] = 0
    assert shutdown.depart(tmp_path, 1.0) == [Closing(stop_local=False)]
    assert (shutdown.reason, shutdown.exit_code) == (f"moved to {tmp_path}", 1)
    assert not shutdown.is_due(1e9)
    queues[LOCAL].jobs.clear()
    assert shutdown.is_due(1.1)


def test_a_signal_ends_the_waiting_of_a_workspace_that_is_gone(signals, queues, tmp_path):
    shutdown = Shutdown(signals, "leave", queues)
    queues[LOCAL].jobs["7"] = 0
    shutdown.depart(tmp_path, 1.0)
    signals.name = "SIGTERM"
    assert shutdown.look(2.0) == []
    assert shutdown.is_due(2.1)
    assert shutdown.exit_code == 1
