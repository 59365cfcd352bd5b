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


def test_vectors(vectors):
    for case in vectors("attempt_file.json")["files"]:
        found = parse(case["text"].encode("utf-8", "surrogateescape"))
        ended = "started" if found.exit_code is None else "ended"
        says = {
            "fate": "void" if found.void else ended,
            "code": found.exit_code,
            "started": None if found.started is None else int(found.started * 1000),
            "ended": None if found.ended is None else int(found.ended * 1000),
            "host": found.host,
            "boot": found.boot,
            "pid": found.pid,
            "keeper": found.keeper,
            "command_code": found.command_code,
        }
        known = {key: value for key, value in says.items() if value is not None}
        assert known == {key: case["says"][key] for key in case["says"] if key != "left"}, case


def test_of_a_long_file_the_first_64_kib_are_read(tmp_path):
    path = tmp_path / ".attempt.1"
    path.write_bytes(b"start host=n1\n" * 400 + b"end code=3\n")
    found = read(path)
    assert found is not None
    assert found.exit_code == 3
    path.write_bytes(b"note\n" * 20_000 + b"end code=3\n")
    assert read(path) == parse(path.read_bytes()) == Attempt()


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
