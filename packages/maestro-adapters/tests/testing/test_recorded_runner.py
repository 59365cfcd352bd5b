"""Recordings: commands and what they printed, as files.

A fault here would be a recording that is read with another exit code than it was made with.
"""

import pytest

from maestro_adapters.process.runner import Result
from maestro_adapters.testing.recorded_runner import read_recording, recording


@pytest.mark.parametrize(
    "result",
    [
        Result(("squeue", "--Format=a:|", "it's"), 0, "1|x\n", ""),
        Result(("flux", "jobs"), 1, "", "JobID ƒ9999999 unknown\n"),
    ],
)
def test_what_was_recorded_is_read_again(tmp_path, result):
    path = tmp_path / "a.txt"
    path.write_text(recording(result), encoding="utf-8")
    assert read_recording(path) == result


def test_another_file_is_no_recording(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("$ squeue\n")
    with pytest.raises(ValueError, match="no recording"):
        read_recording(path)
