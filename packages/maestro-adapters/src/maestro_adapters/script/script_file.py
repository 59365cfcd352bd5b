"""Reads a script that must go along with its job."""

from __future__ import annotations

import io
from pathlib import Path

from maestro_adapters.job.submission import Submission
from maestro_adapters.script.regular_files import stream_regular

__all__ = ["carried_script"]


def carried_script(job: Submission) -> str | None:
    """Return the script's text where the job must bring it along; None: it lies in the workspace.

    Scripts in a temporary folder of this machine are not there on the machine that runs the job.

    Raises:
        OSError: it cannot be read.
    """
    if Path(job.script).parent == Path(job.prepared.workspace):
        return None
    stream = stream_regular(job.script)
    with io.TextIOWrapper(stream, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()
