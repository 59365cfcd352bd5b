"""A conductor that sleeps through what should end its waiting, or that never sleeps again."""

from __future__ import annotations

import os
import selectors

import pytest

from maestro_conductor.runtime.waiter import Waiter
from maestro_conductor.runtime.wakeup_pipe import WakeupPipe


@pytest.fixture
def wakeup():
    pipe = WakeupPipe()
    yield pipe
    pipe.close()


@pytest.fixture
def waiter(wakeup):
    made = Waiter(selectors.DefaultSelector(), wakeup)
    yield made
    made.close()


def test_a_wakeup_ends_the_waiting_once_however_often_it_was_set(waiter, wakeup):
    for _ in range(100_000):  # more than a pipe holds: a signal handler must not block
        wakeup.set()
    assert waiter.wait(60.0) == {"wakeup"}
    assert waiter.wait(0.0) == set()


def test_who_tells_something_is_named_until_it_is_read(waiter):
    read_end, write_end = os.pipe()
    waiter.register("local", read_end)
    assert waiter.wait(0.0) == set()
    os.write(write_end, b".")
    assert waiter.wait(60.0) == {"local"}
    assert waiter.wait(60.0) == {"local"}
    os.read(read_end, 1)
    assert waiter.wait(0.0) == set()
    os.close(read_end)
    os.close(write_end)
