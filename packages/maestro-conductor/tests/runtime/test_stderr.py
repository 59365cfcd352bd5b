"""A word to people that stops the study where nobody can hear it."""

from __future__ import annotations

import errno
import io
import os
import re
import sys

from maestro_conductor.runtime.stderr import say


def test_a_line_has_the_time(capsys):
    say("maestro: hello")
    told = capsys.readouterr().err
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d maestro: hello\n", told)


class Full(io.StringIO):
    """A file on a disk without room."""

    def write(self, _text):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_where_nobody_can_hear_it_nothing_happens(monkeypatch):
    closed = io.StringIO()
    closed.close()
    for stream in (closed, Full()):
        monkeypatch.setattr(sys, "stderr", stream)
        say("maestro: hello")
