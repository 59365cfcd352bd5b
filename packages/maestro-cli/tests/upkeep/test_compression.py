"""Bytes that are lost on their way into an archive, or a message that does not say what is missing."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

from maestro_cli.errors import StudyError, UsageError
from maestro_cli.upkeep.compression import MODULES, compressed, ending_of, has_zstd

CONTENT = b"content" * 100_000


def write(path: Path, ending: str, modules: tuple[str, ...]) -> None:
    with path.open("wb") as file, compressed(file, ending, modules) as stream:
        stream.write(CONTENT)


def program(folder: Path, text: str) -> None:
    (folder / "zstd").write_text(f"#!/bin/sh\n{text}\n")
    (folder / "zstd").chmod(0o755)


def test_gzip(tmp_path: Path) -> None:
    write(tmp_path / "x", ".tgz", ())
    assert gzip.decompress((tmp_path / "x").read_bytes()) == CONTENT


@pytest.mark.parametrize("modules", [MODULES, ()], ids=["of python", "the program"])
def test_zstd(modules: tuple[str, ...], tmp_path: Path) -> None:
    if not shutil.which("zstd"):
        pytest.skip("there is no program zstd, which reads what is written")
    assert has_zstd(modules)
    write(tmp_path / "x", ".tar.zst", modules)
    done = subprocess.run(["zstd", "-dc", tmp_path / "x"], capture_output=True, check=True)
    assert done.stdout == CONTENT


def test_without_zstd_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not has_zstd(())
    assert not has_zstd(("nowhere.zstd", "nothing"))
    with pytest.raises(StudyError, match=r"nothing here can write \.tar\.zst") as raised:
        write(tmp_path / "x", ".tar.zst", ())
    assert "-o FILE.tar.gz" in raised.value.hint
    assert "maestro-cli[zstd]" in raised.value.hint


@pytest.mark.parametrize(
    "text", ["echo 'no room' >&2; exit 1", "cat > /dev/null; echo 'no room' >&2; exit 1"]
)
def test_a_program_that_fails_is_told(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, text)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(StudyError, match="zstd ended with exit code 1: no room"):
        write(tmp_path / "x", ".tar.zst", ())


def test_a_program_that_takes_nothing_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "exit 0")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(StudyError, match="zstd ended with exit code 0"):
        write(tmp_path / "x", ".tar.zst", ())


def test_endings() -> None:
    assert ending_of("a.b.tar.zst") == ".tar.zst"
    with pytest.raises(UsageError, match="what kind of archive"):
        ending_of("x.zip")
