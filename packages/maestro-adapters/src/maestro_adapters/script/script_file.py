"""What the adapters read of a script that was written for them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TextIO

from maestro_adapters.job.submission import Job
from maestro_adapters.script.regular_files import stream_regular

__all__ = ["carried_script", "directive_lines"]


def directive_lines(script: str, prefix: str) -> list[str]:
    """The directives of a script: the lines that start so, up to the first that is no comment.

    Args:
        script: path.
        prefix: ``#SBATCH``, say.

    Raises:
        OSError: it cannot be read.
    """
    lines = []
    with _text_of(script) as file:
        for line in file:
            if not line.startswith("#"):
                break
            if line.startswith(prefix):
                lines.append(line.rstrip("\n"))
    return lines


def carried_script(job: Job) -> str | None:
    """The script's text where the job must bring it along, as it does not lie in the workspace.

    Scripts in a temporary folder of this machine are not there on the machine that runs the job.

    Raises:
        OSError: it cannot be read.
    """
    if Path(job.script).parent == Path(job.request.workspace):
        return None
    with _text_of(job.script) as file:
        return file.read()


def _text_of(script: str) -> TextIO:
    return io.TextIOWrapper(stream_regular(script), encoding="utf-8", errors="surrogateescape")
