"""One job of a submission: the map of the interface as a value, and its script's directives."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

import attrs

from maestro_adapters.errors import RequestError
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.request import JobRequest, parse_request
from maestro_adapters.script.regular_files import stream_regular

__all__ = ["Job", "carried_script", "directive_lines", "parse_job", "parse_token"]


@attrs.frozen
class Job:
    """What is to be submitted; the table is in ``docs/adapters.md``.

    Attributes:
        key: the caller's name for it.
        token: names this submission.
        attempt: number of the attempt.
        script: absolute path.
        request: that the script was rendered from.
        exclude_nodes: to keep away from.
    """

    key: str
    token: str
    attempt: int
    script: str
    request: JobRequest
    exclude_nodes: tuple[str, ...] = ()


def parse_job(job: Mapping[str, Any], options: AdapterOptions) -> Job:
    """Read one job of `submit`.

    Raises:
        RequestError: a value cannot be used.
    """
    return Job(
        key=str(job["key"]),
        token=parse_token(job),
        attempt=int(job["attempt"]),
        script=str(job["script"]),
        request=parse_request(job["request"], options),
        exclude_nodes=tuple(job.get("exclude_nodes") or ()),
    )


def parse_token(job: Mapping[str, Any]) -> str:
    """The token of one job of `submit`.

    Raises:
        RequestError: it could not be found again among words.
    """
    token = str(job["token"])
    if not token or token.split() != [token]:
        raise RequestError(f"the token {token!r} is empty or holds white space")
    return token


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
