"""The thread of alarms.

Would catch a walltime that nothing ends, or a thread that outlives its pool.
"""

import os
import threading

import pytest

from maestro_adapters.local.alarm_thread import AlarmThread, Repeating
from maestro_adapters.local.wakeup import make_pipe, poke


@pytest.fixture
def make_thread():
    """Creates a thread with its lock, which is joined and closed at the end."""
    made = []

    def make(work=lambda: True, on_death=lambda _error: None):
        made.append(AlarmThread(lock := threading.Lock(), lambda: work() and not over, on_death))
        return made[-1], lock

    over = []
    yield make
    over.append(True)
    for thread in made:
        thread.later(0.0, lambda: None)
        thread.join()
        thread.close()


def test_what_is_due_is_called_in_its_order_with_the_lock_held(make_thread):
    thread, lock = make_thread()
    called, done = [], threading.Event()
    with lock:
        thread.later(0.02, lambda: (called.append(("later", lock.locked())), done.set()))
        thread.later(0.0, lambda: called.append(("soon", lock.locked())))
    assert done.wait(30)
    assert called == [("soon", True), ("later", True)]


def test_work_is_done_when_a_watched_descriptor_is_readable(make_thread):
    read, write = make_pipe()
    works = threading.Semaphore(0)
    thread, lock = make_thread(work=lambda: works.release() or True)
    with lock:
        thread.later(0.0, lambda: None)  # it starts with its first alarm
    assert works.acquire(timeout=30)
    with lock:
        thread.watch(read)
    poke(write)
    assert works.acquire(timeout=30)
    os.read(read, 1)
    os.close(write)
    os.close(read)


def test_there_is_no_thread_without_an_alarm():
    before = threading.active_count()
    thread = AlarmThread(threading.Lock(), lambda: True, lambda _error: None)
    assert threading.active_count() == before
    thread.join()
    thread.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_in_what_is_called_is_told(make_thread):
    deaths = []
    thread, lock = make_thread(on_death=deaths.append)

    def fail():
        raise RuntimeError("a bug")

    with lock:
        thread.later(0.0, fail)
    thread.join()
    assert [str(error) for error in deaths] == ["a bug"]


def test_something_is_repeated_while_it_is_needed(alarms):
    done, needed = [], [1, 2]
    looks = Repeating(alarms.later, 0.5, lambda: done.append(needed.pop()), lambda: needed)
    looks.start()
    looks.start()
    assert alarms.pass_time() == [0.5]  # once, however often it was started
    assert alarms.pass_time() == [0.5]
    assert alarms.pass_time() == []
    assert done == [2, 1]
    looks.start()
    assert alarms.pass_time() == []  # not needed
    needed.append(3)
    looks.start()
    alarms.pass_time()
    assert done == [2, 1, 3]
