"""The caller's descriptor.

Would catch a caller that sleeps through news, or never sleeps again.
"""

import os
import select

import pytest

from maestro_adapters.local.wakeup import Wakeup, drain, make_pipe, poke


@pytest.fixture
def wakeup():
    made = Wakeup()
    yield made
    made.close()


@pytest.fixture
def pipe():
    read, write = make_pipe()
    yield read, write
    os.close(read)
    os.close(write)


def is_readable(descriptor):
    return bool(select.select([descriptor], [], [], 0)[0])


def test_it_rings_until_it_is_silenced(wakeup):
    assert not is_readable(wakeup.fd)
    wakeup.ring()
    wakeup.ring()
    assert is_readable(wakeup.fd)
    wakeup.silence()
    assert not is_readable(wakeup.fd)


def test_it_tells_of_added_descriptors_as_long_as_they_are_readable(wakeup, pipe):
    read, write = pipe
    wakeup.add(read)
    assert wakeup.ready() == []
    poke(write)
    assert is_readable(wakeup.fd)
    assert wakeup.ready() == [read]
    drain(read)
    assert not is_readable(wakeup.fd)
    poke(write)
    wakeup.remove(read)
    assert not is_readable(wakeup.fd)


def test_silence_takes_nothing_from_others(wakeup, pipe):
    read, write = pipe
    wakeup.add(read)
    poke(write)
    wakeup.ring()
    wakeup.silence()
    assert is_readable(wakeup.fd)


def test_a_full_pipe_is_readable_and_stops_nobody(pipe):
    read, write = pipe
    while select.select([], [write], [], 0)[1]:
        os.write(write, b"x" * 4096)
    poke(write)
    drain(read)
    assert not is_readable(read)


def test_nothing_is_left_open(descriptors):
    before = descriptors()
    Wakeup().close()
    assert descriptors() == before
