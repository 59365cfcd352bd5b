"""A lock that two have, or that a moment's question seems to hold."""

from __future__ import annotations

import fcntl
import os
import threading

import pytest

from maestro_conductor.workspace.file_lock import is_at, is_locked, take_lock


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "lock"
    path.touch()
    return path


@pytest.fixture
def opened(path):
    """Opens the file, each time anew."""
    descriptors = []

    def opened():
        descriptors.append(os.open(path, os.O_RDWR))
        return descriptors[-1]

    yield opened
    for descriptor in descriptors:
        os.close(descriptor)


def test_one_at_a_time_has_it_and_asking_takes_nothing(path, opened):
    assert not is_locked(path)
    assert take_lock(opened())
    assert is_locked(path)
    assert not take_lock(opened())


def test_who_asks_for_a_moment_does_not_have_it(path, opened):
    asker = os.open(path, os.O_RDWR)
    fcntl.flock(asker, fcntl.LOCK_SH)
    threading.Timer(0.1, os.close, [asker]).start()
    assert take_lock(opened())


def test_a_file_that_is_not_there_or_not_readable_is_not_locked(path):
    assert not is_locked(path.with_name("nosuch"))
    assert not is_locked(path.parent)


def test_a_file_that_was_replaced_is_no_longer_in_its_place(path, opened):
    descriptor = opened()
    assert is_at(path, descriptor)
    path.unlink()
    assert not is_at(path, descriptor)
    path.touch()
    assert not is_at(path, descriptor)
