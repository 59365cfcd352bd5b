"""Small rules for files."""

from __future__ import annotations

import pytest

from maestro_conductor.files import ensure_seen


def test_a_file_that_is_there_stays_as_it_is(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"content")
    path.chmod(0o440)
    before = path.stat()
    ensure_seen(path)
    assert path.read_bytes() == b"content"
    assert path.stat().st_mode == before.st_mode
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_one_that_is_absent_is_made(tmp_path):
    ensure_seen(tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == b""
    assert (tmp_path / "f").stat().st_mode & 0o722 == 0o600
    with pytest.raises(FileNotFoundError):
        ensure_seen(tmp_path / "absent/f")
