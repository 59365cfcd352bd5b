"""An attempt file says one thing to all that read it: maestro-adapters, maestro-conductor.

A fault here would be an attempt that the adapter reports as ended and the conductor runs again, or
waits for without end.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from differential import full, quick
from maestro_adapters.script import attempt_file as of_adapters
from maestro_conductor.workspace import attempt_file as of_conductor

pytestmark = pytest.mark.once

_DIGITS = st.integers(-1, 10**20).map(str) | st.sampled_from(
    ["", "0", "007", "9" * 18, "9" * 19, "9" * 5000, "٣", "²", "1_0", "+1", "1.", "1.5", "1e3"]
)
_NUMBERS = _DIGITS | st.sampled_from(["nan", "inf", ".5", "1.2.3", "1.0000000001", "9" * 400, "x"])
_NAMES = st.sampled_from(
    ["host", "boot", "pid", "keeper", "time", "code", "left", "job", "new", ""]
)
_TEXTS = st.text("abn1:,=-\t\r\0\x1c\x85\xa0 é\udcff", max_size=4)
_FIELDS = st.builds("{}={}".format, _NAMES, _NUMBERS | _TEXTS) | _TEXTS
_LINES = st.builds(
    lambda word, fields, separator, end: separator.join([word, *fields]) + end,
    st.sampled_from(["start", "script", "command", "end", "void", "note", "", " start", "END"]),
    st.lists(_FIELDS, max_size=5),
    st.sampled_from([" ", " ", " ", "  ", "\t"]),
    st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", "", "\0\n", "\n\n", "\x0b\n", "\u2028\n"]),
)
CONTENTS = (
    st.lists(_LINES, max_size=6).map("".join).map(lambda text: text.encode("utf-8", "surrogateescape"))
    | st.binary(max_size=40)
)  # fmt: skip


def by_conductor(content: bytes) -> dict[str, Any]:
    found = of_conductor.parse_attempt(content)
    said = ("fate", "exit_code", "started", "ended", "host", "boot", "pid", "keeper")
    return {name: getattr(found, name) for name in said}


def by_adapters(content: bytes) -> dict[str, Any]:
    found = of_adapters.parse(content)
    ended = "started" if found.exit_code is None else "ended"
    return {
        "fate": "void" if found.void else ended,
        "exit_code": found.exit_code,
        "started": None if found.started is None else int(found.started * 1000),
        "ended": None if found.ended is None else int(found.ended * 1000),
        "host": found.host,
        "boot": found.boot,
        "pid": found.pid,
        "keeper": found.keeper,
    }


def agree(content: bytes) -> None:
    assert by_conductor(content) == by_adapters(content)


@example(b"start host=h boot=b pid=1\r\nend code=0\n")
@example(b"start host=h\tboot=b\nend code=0 \n")
@example(b"start host=h boot=b\nvoid\n")
@example(b"end code=1\nend code=2\nvoid\n")
@example(b"start time=" + b"9" * 400 + b"\n")
@example(b"start host=\xff boot=b\n")
@example(b"start keeper=1\nscript pid=2\nstart host=h\n")
@example(b"start host=h\n" * 400 + b"end code=3\n")
@example(b"note\n" * 20_000 + b"end code=3\n")
@given(CONTENTS)
@quick
def test_all_copies_agree(content: bytes) -> None:
    agree(content)


@pytest.mark.slow
@given(CONTENTS)
@full
def test_all_copies_agree_on_many(content: bytes) -> None:
    agree(content)
