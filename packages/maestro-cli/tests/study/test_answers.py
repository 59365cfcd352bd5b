"""What a conductor answers to a request.

A fault here would be a refusal that is taken for a yes, or a command that waits for ever.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from maestro_cli.study.answers import Answer, await_answer, read_answer, taken
from maestro_cli.study.requests import request_cancel


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / ".maestro/answers").mkdir(parents=True)
    return tmp_path


def answer(root: Path, name: str, **fields: object) -> Path:
    path = root / ".maestro/answers" / name
    path.write_text(json.dumps({"format": "maestro-answer", "version": [1, 1], **fields}))
    return path


def test_an_answer_is_that_of_the_request_s_name(root: Path) -> None:
    answer(root, "a.json", accepted=True, message="12 instances held", instances=12)
    answer(root, "b.json", accepted=False, message="it has ended", instances=0, by=None)
    requests = root / ".maestro/requests"
    assert await_answer(root, requests / "a.json") == Answer(True, "12 instances held", 12)
    assert await_answer(root, requests / "b.json") == Answer(False, "it has ended", 0)
    assert await_answer(root, requests / "c.json", patience=0) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"7", b'{"accepted": true}', b"[" * 100_000, b"\xff", b" " * (1 << 17)],
)
def test_what_is_no_answer_says_nothing(root: Path, content: bytes) -> None:
    path = root / ".maestro/answers/a.json"
    path.write_bytes(content)
    assert read_answer(path) is None


def test_only_true_is_a_yes(root: Path) -> None:
    found = read_answer(answer(root, "a.json", accepted="yes", message="m", instances=0))
    assert found is not None
    assert not found.accepted


def test_a_pipe_in_its_place_keeps_nobody(root: Path) -> None:
    os.mkfifo(root / ".maestro/answers/a.json")
    assert await_answer(root, root / ".maestro/requests/a.json", patience=0) is None


def test_a_request_that_nobody_takes(root: Path) -> None:
    path = request_cancel(root)
    assert not taken(path, patience=0)
    path.unlink()
    assert taken(path, patience=0)
