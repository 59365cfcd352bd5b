"""A TERM or INT that ends the command by itself, in the moments in which nothing is conducted: its caller would
learn that it was killed, not what became of the study, and others that it still holds the workspace.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading

import pytest

from maestro_conductor.app.command_signals import CommandSignals
from maestro_conductor.journal import read_state
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.conductor_lock import last_holder

#: `conductor`, with a scheduler that runs nothing: each job has finished at once.
CONDUCTOR = """
import os, signal, sys
from functools import partial
from maestro_conductor.app.command import main

def conduct(root, **options):
    from maestro_conductor import conduct
    from maestro_conductor.testing import ScriptedScheduler

    def factory(name, _options):
        scheduler = ScriptedScheduler(name=name, slots=2)
        scheduler.scheduled = False
        scheduler.outcome = lambda _job: {"state": "FINISHED", "exit_code": 0}
        return scheduler

    return conduct(root, scheduler_factory=factory, **options)

# Who runs the tests may ignore some.
signal.signal(signal.SIGTERM, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
number = int(sys.argv.pop(1))
def send():
    os.kill(os.getpid(), number)
"""

IN_AN_IMPORT = """
def hook(event, arguments):
    if event == "import" and arguments[0] == "maestro_conductor.app.conduct":
        send()
sys.addaudithook(hook)
"""
#: When it says, for the first time, that it lives, or that it leaves: `live` is true (c3) or false (c2).
IN_A_HEARTBEAT = """
told = []
def hook(event, arguments):
    if event == "os.rename" and str(arguments[1]).endswith("conductor.msgpack") and not told:
        with open(arguments[0], "rb") as file:
            if b"live\\x%s" in file.read():
                told.append(arguments)
                send()
sys.addaudithook(hook)
"""
AT_EXIT = """
import atexit
atexit.register(send)
"""
TO_THE_END = "sys.exit(main(conduct=conduct))"


@pytest.fixture
def root(tmp_path):
    return make_workspace(tmp_path / "w", [StepPlan("a")])


def run(root, number, when):
    program = CONDUCTOR + textwrap.dedent(when) + TO_THE_END
    command = [sys.executable, "-c", program, str(int(number)), str(root), "--no-logstdout"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    return done.returncode


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_while_it_is_imported_it_ends_the_command_with_its_code(root, number, code):
    assert run(root, number, IN_AN_IMPORT) == code
    assert last_holder(root) is None


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_while_the_workspace_is_being_taken_nothing_is_begun(root, number, code):
    assert run(root, number, IN_A_HEARTBEAT % "c3") == code
    assert not last_holder(root).live
    assert read_state(root)[1].closed == signal.Signals(number).name
    assert list(root.glob("a/*")) == []
    assert run(root, number, "") == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("when", [IN_A_HEARTBEAT % "c2", AT_EXIT], ids=["it leaves", "it has left"])
def test_once_the_study_has_ended_its_exit_code_stands(root, number, when):
    assert run(root, number, when) == 0
    assert not last_holder(root).live
    assert read_state(root)[1].closed == "ended"


@pytest.fixture
def usual():
    """TERM and INT have their usual actions, whatever who runs the tests does with them."""
    actions = {signal.SIGTERM: signal.SIG_DFL, signal.SIGINT: signal.default_int_handler}
    before = {number: signal.signal(number, action) for number, action in actions.items()}
    yield actions
    for number, action in before.items():
        signal.signal(number, action)


def test_what_is_ignored_stays_so(usual):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signals = CommandSignals()
    signals.take()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    signals.leave(for_good=False)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN


def test_they_are_given_back(usual):
    signals = CommandSignals()
    signals.take()
    with pytest.raises(SystemExit, match="143"):
        signal.raise_signal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    signals.done()
    signal.raise_signal(signal.SIGTERM)
    signals.leave(for_good=False)
    assert {number: signal.getsignal(number) for number in usual} == usual


def test_in_another_thread_signals_are_left_alone():
    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=lambda: CommandSignals().take())
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGTERM) == before
