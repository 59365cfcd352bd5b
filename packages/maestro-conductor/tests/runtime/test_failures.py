"""A mistake of ours that is told as trouble with a disk, or a disk's as a mistake of ours."""

from __future__ import annotations

import errno
import os

import pytest

from maestro_conductor.errors import BrokenError, IllegalTransitionError, WorkspaceError
from maestro_conductor.model import records
from maestro_conductor.runtime.failures import explained


@pytest.fixture
def fail(shell, tmp_path):
    """Something goes wrong."""

    def fail(error):
        with explained(shell.context, tmp_path / "study.log"):
            raise error

    return fail


def test_trouble_with_a_file_names_it_and_says_what_to_do(fail, shell):
    with pytest.raises(WorkspaceError, match=r"^/x: Too many open files\. .*start it again"):
        fail(OSError(errno.EMFILE, os.strerror(errno.EMFILE), "/x"))
    assert shell.names() == []


def test_what_is_explained_already_stays_as_it_is(fail):
    with pytest.raises(WorkspaceError, match=r"^as it was$"):
        fail(WorkspaceError("as it was"))


def test_a_mistake_of_ours_says_where_more_is_and_logs_it(fail, shell, tmp_path):
    with pytest.raises(BrokenError, match=f"ZeroDivisionError.*{tmp_path / 'study.log'}"):
        fail(ZeroDivisionError("there"))
    (told,) = shell.events()
    assert told["event"] == "failed_inside"
    assert "ZeroDivisionError: there" in told["reason"]


def test_a_change_of_state_that_is_none_is_logged_with_the_history_of_the_step(fail, shell):
    shell.journal.add(records.state(1, [[1, 0, "QUEUED", 1, None, "because of this"]]))
    shell.journal.flush()
    with pytest.raises(BrokenError):
        fail(IllegalTransitionError(1, "b may not go there"))
    assert "because of this" in shell.events()[0]["reason"]


def test_a_signal_that_ends_python_goes_through(fail):
    with pytest.raises(KeyboardInterrupt):
        fail(KeyboardInterrupt())
