"""A command that is called twice, or that somebody else has put there."""

from __future__ import annotations

import json
import os

import pytest

from maestro_conductor.errors import FormatError
from maestro_conductor.workspace.on_end_file import take_on_end, write_on_end
from maestro_conductor.workspace.paths import ON_END


@pytest.fixture
def root(tmp_path):
    (tmp_path / ".maestro").mkdir()
    return tmp_path


def test_it_is_taken_once(root):
    assert take_on_end(root) is None
    write_on_end(root, "first")
    write_on_end(root, "echo $MAESTRO_STATE \udc80é")
    assert (root / ON_END).stat().st_mode & 0o777 == 0o600
    assert take_on_end(root) == "echo $MAESTRO_STATE \udc80é"
    assert take_on_end(root) is None
    assert os.listdir(root / ".maestro") == []


def test_an_empty_one_takes_the_one_before_away(root):
    write_on_end(root, "first")
    write_on_end(root, "")
    assert take_on_end(root) is None


def test_that_of_another_user_is_not_obeyed(root, monkeypatch):
    write_on_end(root, "rm -rf /")
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    with pytest.raises(PermissionError, match="belongs to another user"):
        take_on_end(root)
    assert (root / ON_END).exists()


@pytest.mark.parametrize(
    "record",
    [
        {"format": "maestro-on-end", "version": [1, 1], "command": 3},
        {"format": "maestro-on-end", "version": [1, 1], "command": ""},
        {"format": "maestro-on-end", "version": [1, 1], "command": "a\0b"},
        {"format": "maestro-on-end", "version": [1, 1]},
        {"format": "maestro-on-end", "version": [2, 0], "command": "true"},
        {"format": "maestro-run", "version": [1, 1], "command": "true"},
        [1],
        None,
    ],
)
def test_damage_is_told_and_nothing_is_taken(root, record):
    (root / ON_END).write_text(json.dumps(record))
    with pytest.raises(FormatError, match="on-end"):
        take_on_end(root)
    (root / ON_END).write_bytes(b"\xff{")
    with pytest.raises(FormatError, match="on-end"):
        take_on_end(root)


def test_something_else_in_its_place_is_not_waited_for(root):
    os.mkfifo(root / ON_END)
    with pytest.raises(OSError, match="a named pipe"):
        take_on_end(root)
