"""Files of `--env-file`.

A fault here would be a variable with another value than the file gives it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from maestro_cli.errors import StudyError
from maestro_cli.launch.env_file import read_env_file


def test_names_and_values(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_bytes(
        b"# a comment\n\nA=1\n  B = two words \nexport C='x=y'\nD=\"q\"\nE=\nF='\nA=2\nG=\xff\n"
    )
    assert read_env_file(str(file)) == {
        "A": "2",
        "B": "two words",
        "C": "x=y",
        "D": "q",
        "E": "",
        "F": "'",
        "G": "\udcff",
    }


@pytest.mark.parametrize("line", ["A", "=1", "export B"])
def test_a_line_of_another_form_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "env"
    file.write_text(f"X=1\n{line}\n")
    with pytest.raises(StudyError, match=r"env:2: .* is not NAME=VALUE"):
        read_env_file(str(file))


def test_a_file_without_end_is_refused() -> None:
    with pytest.raises(StudyError, match="larger than 16 MiB"):
        read_env_file("/dev/zero")


def test_a_pipe_is_a_file(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"A=1\n")
    os.close(writer)
    assert read_env_file(f"/proc/self/fd/{reader}") == {"A": "1"}
    os.close(reader)
