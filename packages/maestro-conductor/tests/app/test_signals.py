"""A signal that is lost, that ends the conductor at once, or that stays caught after it."""

from __future__ import annotations

import os
import select
import signal
import threading

import pytest

from maestro_conductor.app.signals import Signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_is_named_and_another_is_known(number):
    before = signal.getsignal(number)
    with Signals() as signals:
        assert (signals.name, signals.again) == (None, False)
        os.kill(os.getpid(), number)
        assert (signals.name, signals.again) == (signal.Signals(number).name, False)
        assert select.select([signals.wakeup.read_end], [], [], 0)[0]
        os.kill(os.getpid(), signal.SIGTERM)
        assert (signals.name, signals.again) == (signal.Signals(number).name, True)
    assert signal.getsignal(number) == before


def test_who_started_it_may_go_away():
    with Signals() as signals:
        os.kill(os.getpid(), signal.SIGHUP)
        assert signals.name is None


def test_in_another_thread_signals_are_left_alone():
    before = signal.getsignal(signal.SIGTERM)
    seen = []

    def run():
        with Signals():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [before]
