"""A script that goes along with its job. A fault here would be a job that runs on a host without its script."""

import os

import pytest

from maestro_adapters.job.prepared import Prepared
from maestro_adapters.job.submission import Submission
from maestro_adapters.script.script_file import carried_script


def job(workspace, script):
    prepared = Prepared(workspace=str(workspace), label="s")
    return Submission("k", "m.1.1", 1, str(script), prepared)


def test_a_script_in_the_workspace_stays_there_and_is_not_read(tmp_path):
    assert carried_script(job(tmp_path, tmp_path / "not-there.sh")) is None


def test_a_script_elsewhere_goes_along_byte_by_byte(tmp_path):
    script = tmp_path / "s.sh"
    script.write_bytes(b"#!/bin/sh\n\necho \xff\n")
    text = carried_script(job(tmp_path / "w", script))
    assert text.encode(errors="surrogateescape") == script.read_bytes()


def test_a_pipe_in_its_place_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "s.sh")
    with pytest.raises(OSError, match="pipe"):
        carried_script(job(tmp_path / "w", tmp_path / "s.sh"))
