"""Trouble with a file that stops a study, floods its log, or is never told."""

from __future__ import annotations

import pytest

from maestro_conductor.runtime.file_trouble import FileTroubles


def fail():
    raise OSError(28, "No space left on device")


@pytest.fixture
def troubles(shell):
    return FileTroubles(shell.context.log)


def test_trouble_is_logged_once_for_each_file_until_it_is_over(troubles, shell):
    for _ in range(3):
        troubles.attempt("a", fail)
    troubles.attempt("b", fail)
    troubles.attempt("a", lambda: None)
    troubles.attempt("a", fail)
    told = [(line["event"], line["path"]) for line in shell.events()]
    assert told == [("file_trouble", name) for name in ("a", "b", "a")]
    assert "No space left" in shell.events()[0]["reason"]


def test_only_trouble_with_a_file_is_caught(troubles):
    with pytest.raises(ZeroDivisionError):
        troubles.attempt("a", lambda: 1 / 0)
