"""A result that is taken for one and is none, that is waited for, or that is looked for outside of the study."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from maestro_conductor.workspace.result_files import missing_result, open_result


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "w/s/out").mkdir(parents=True)
    (tmp_path / "secret").write_text("42")
    return tmp_path / "w"


def read(root: Path, file: str) -> bytes:
    descriptor = open_result(root, "s", file)
    try:
        return os.read(descriptor, 100)
    finally:
        os.close(descriptor)


def test_a_file_is_read_and_a_link_within_the_study_is_followed(root):
    (root / "s/out/e").write_text("1")
    (root / "s/link").symlink_to("out/e")
    (root / "s/folder").symlink_to(root / "s/out")
    assert [read(root, file) for file in ("out/e", "link", "folder/e")] == [b"1"] * 3
    assert missing_result(root, "s", ["out/e", "link", "folder/e"]) is None


@pytest.mark.parametrize("target", ["../../secret", "/etc/passwd"])
def test_a_link_out_of_the_study_is_refused(root, target):
    (root / "s/e").symlink_to(target)
    with pytest.raises(OSError, match="out of the workspace"):
        open_result(root, "s", "e")
    missing = missing_result(root, "s", ["e"])
    assert missing.startswith("its result e is not there as a file: it is a link out of")


def test_a_folder_that_is_a_link_out_of_the_study_is_refused(root):
    (root / "s/out").rmdir()
    (root / "s/out").symlink_to(root.parent)
    with pytest.raises(OSError, match="out of the workspace"):
        open_result(root, "s", "out/secret")


def test_what_is_no_file_is_named_and_not_waited_for(root):
    os.mkfifo(root / "s/pipe")
    assert missing_result(root, "s", ["pipe"]) == (
        "its result pipe is not there as a file: it is a named pipe, not a file"
    )
    assert "it is a folder" in missing_result(root, "s", ["out"])


def test_the_first_that_is_missing_is_named(root):
    (root / "s/a").touch()
    assert missing_result(root, "s", ["a", "out/b", "c"]) == "its result out/b is not there"
    assert missing_result(root, "t", ["a"]) == "its result a is not there"


def test_trouble_that_may_pass_is_no_missing_result(root, monkeypatch):
    (root / "s/a").touch()

    def fail(*_args: object, **_more: object) -> int:
        raise OSError(errno.ESTALE, "stale")

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(OSError, match="stale"):
        missing_result(root, "s", ["a"])
