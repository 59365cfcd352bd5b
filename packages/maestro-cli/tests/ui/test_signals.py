# ruff: noqa: PT012 - the block that is interrupted is the block that is tested
"""Signals that are held back, or become exceptions.

A fault here would be a workspace that is cut in two by Ctrl-C, or a signal that is lost.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from maestro_cli.ui.signals import undisturbed, unwinding


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Default handlers, whatever starts the tests."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in numbers[1:]:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_an_interrupt_comes_when_the_work_is_done() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), undisturbed():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        done.append(1)
    assert done == [1]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_unwinds(number: signal.Signals) -> None:
    tidied = []
    with pytest.raises(SystemExit) as caught, unwinding():
        try:
            signal.raise_signal(number)
        finally:
            tidied.append(1)
    assert (caught.value.code, tidied) == (128 + number, [1])
    assert signal.getsignal(number) is signal.SIG_DFL


def test_what_is_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with unwinding(), undisturbed():
        signal.raise_signal(signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_another_thread_changes_no_handlers() -> None:
    seen = []

    def work() -> None:
        with unwinding(), undisturbed():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.SIG_DFL]
