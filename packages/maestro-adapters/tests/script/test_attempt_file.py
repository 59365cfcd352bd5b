"""What attempt files say, torn and foreign ones included.

A fault here would be an attempt that is taken for ended as its file was torn.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro_adapters.script import attempt_file
from maestro_adapters.script.attempt_file import Attempt, parse, read

START = b"start pid=7 host=n1 boot=b time=12\n"
STARTED = {"pid": 7, "host": "n1", "boot": "b", "started": 12.0}


@pytest.mark.parametrize(
    ("content", "attempt"),
    [
        (b"", Attempt()),
        (b"void\n", Attempt(void=True)),
        (START, Attempt(**STARTED)),
        (START + b"end code=3\n", Attempt(**STARTED, exit_code=3)),
        (START + b"end code=137 time=99\n", Attempt(**STARTED, exit_code=137, ended=99.0)),
        # A line without its end is not there yet.
        (START + b"end code=13", Attempt(**STARTED)),
        (START[:-1], Attempt()),
        # What is unknown or makes no sense is ignored.
        (START + b"\nnote x=1\nend\nend code=x\n", Attempt(**STARTED)),
        (b"start pid=x time=soon extra host=n1 boot=-\n", Attempt(host="n1", boot="-")),
        (START + b"\xff\xfe\x00 code=1\nend code=1 new=2\n", Attempt(**STARTED, exit_code=1)),
        # A requeued job starts again; the last start counts.
        (b"start pid=1 host=n0 boot=a job=5\n" + START, Attempt(**STARTED)),
    ],
)
def test_parse(content, attempt):
    assert parse(content) == attempt


@given(st.binary(max_size=200))
def test_any_bytes_are_read(content):
    parse(content)
    assert parse(START + b"end code=3\n" + content.replace(b"\n", b"")).exit_code == 3


def test_read(tmp_path):
    path = attempt_file.path_of(str(tmp_path), 2)
    assert path == tmp_path / ".attempt.2"
    assert read(path) is None
    path.write_bytes(START)
    assert read(str(path)) == Attempt(**STARTED)
