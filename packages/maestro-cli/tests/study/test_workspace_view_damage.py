"""Damaged files of a workspace: one refusal that names the file, or what it says is left out.

A fault here would be a traceback, or a command that believes a file with a flipped bit.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgpack
import pytest

from maestro_cli import app
from maestro_conductor.workspace.headers import header


def damage(path: Path, text: bytes) -> None:
    """Flips one bit of a file, in the first place that holds a text."""
    content = bytearray(path.read_bytes())
    content[content.index(text)] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "words",
    [
        ["status", "OUT"],
        ["status", "--summary", "OUT"],
        ["status", "--json", "OUT"],
        ["why", "OUT", "make_N.2"],
        ["logs", "OUT", "make_N.2"],
        ["resume", "OUT"],
        ["update", "--throttle", "3", "OUT"],
        ["cancel", "-y", "OUT"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("graph.msgpack", b"three links", "the graph's head"),
        ("graph.msgpack", b"after it", "step 1"),
        ("run.msgpack", b"chain.yaml", "the study's settings"),
        ("journal.msgpack", b"maestro-conductor", "the journal's header"),
    ],
)
def test_each_command_refuses_it_by_name(
    failed: Path, capsys: Any, words: list[str], name: str, text: bytes, part: str
) -> None:
    path = failed / ".maestro" / name
    damage(path, text)
    assert app.main(words) == 1
    shown = capsys.readouterr()
    assert f"{path} is damaged: the checksum of {part} is wrong. " in shown.out + shown.err
    assert not list(failed.glob(".maestro/requests/*"))
    assert not list(failed.glob(".*.lock"))


def test_a_damaged_instance_is_named(failed: Path, capsys: Any) -> None:
    damage(failed / ".maestro/graph.msgpack", b"post_N.2")
    assert app.main(["status", "OUT"]) == 1
    assert "the checksum of instance 4 is wrong" in capsys.readouterr().err
    # What needs the heads alone is told as ever.
    assert app.main(["status", "--summary", "OUT"]) == 2


def test_a_frame_amid_others_is_refused(failed: Path, capsys: Any) -> None:
    damage(failed / ".maestro/journal.msgpack", b"settings")
    assert app.main(["status", "OUT"]) == 1
    assert "journal.msgpack is damaged: frame 2, at byte " in capsys.readouterr().err


@pytest.mark.parametrize(
    "key", ["host", "boot", "pid", "since", "heartbeat", "live", "trouble", "trouble_since"]
)
@pytest.mark.parametrize("value", [{}, [], b"x", -32, False, "x"], ids=repr)
def test_what_a_record_of_the_conductor_says_in_another_type_is_left_out(
    failed: Path, capsys: Any, key: str, value: object
) -> None:
    record = {
        **header("maestro-conductor"),
        "version": [1, 0],  # without a checksum
        "host": "h",
        "boot": "b",
        "pid": 4711,
        "since": 1_795_937_811_725,
        "heartbeat": 1_795_937_811_725,
        "live": False,
        "trouble": None,
        "trouble_since": None,
        key: value,
    }
    (failed / ".maestro/conductor.msgpack").write_bytes(msgpack.packb(record))
    assert app.main(["status", "--json", "OUT"]) == 2
    told = json.loads(capsys.readouterr().out)["conductor"] or {}
    assert isinstance(told.get("trouble"), str | None)
    assert isinstance(told.get("host", ""), str)
    assert isinstance(told.get("trouble_since"), int | float | None)
    for words in (["status", "OUT"], ["why", "OUT", "collect"], ["status", "--summary", "OUT"]):
        assert app.main(words) in (0, 2)
