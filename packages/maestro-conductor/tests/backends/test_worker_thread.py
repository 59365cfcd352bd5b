"""A call that holds up the loop, is made twice, or whose answer reaches the wrong thread."""

from __future__ import annotations

import threading

import pytest

from maestro_conductor.backends.worker_thread import AdapterWorker


@pytest.fixture
def answered():
    return threading.Semaphore(0)


@pytest.fixture
def worker(answered):
    made = AdapterWorker(answered.release)
    yield made
    made.close()
    made.join(10)


def test_calls_are_made_elsewhere_and_answers_taken_in_here(worker, answered):
    told = []
    worker.put(threading.get_ident, lambda who: told.append((who, threading.get_ident())))
    assert answered.acquire(timeout=10)
    assert told == []
    worker.collect()
    worker.collect()
    ((called, collected),) = told
    assert called != threading.get_ident() == collected


def test_calls_are_made_in_their_order_but_urgent_ones_first(worker, answered):
    begun, goes_on, made = threading.Event(), threading.Event(), []
    worker.put(lambda: (begun.set(), goes_on.wait(10)), lambda _none: None)
    assert begun.wait(10)
    for name in "ab":
        worker.put(lambda name=name: made.append(name), lambda _none: None)
    worker.put(lambda: made.append("now"), lambda _none: None, urgent=True)
    goes_on.set()
    for _ in range(4):
        assert answered.acquire(timeout=10)
    assert made == ["now", "a", "b"]


def test_calls_that_wait_when_it_is_closed_are_dropped(worker):
    begun, goes_on, made = threading.Event(), threading.Event(), []
    worker.put(lambda: (begun.set(), goes_on.wait(10)), lambda _none: None)
    assert begun.wait(10)
    worker.put(lambda: made.append("dropped"), lambda _none: None)
    worker.close()
    goes_on.set()
    worker.join(10)
    assert made == []
