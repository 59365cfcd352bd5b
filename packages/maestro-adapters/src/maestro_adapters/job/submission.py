"""One job of a submission: the map of the interface as a value, and its script's directives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from maestro_adapters.errors import RequestError
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.request import JobRequest, parse_request

__all__ = ["Job", "parse_job", "parse_token"]


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
