"""Reads one job of a submission: the map of the interface as a value."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from maestro_adapters.errors import RequestError
from maestro_adapters.interface import JobMap, RequestMap
from maestro_adapters.job.prepared import Prepared

__all__ = ["Submission", "parse_submission", "parse_token"]


@attrs.frozen
class Submission:
    """What is to be submitted; the table is in ``docs/adapters.md``.

    Attributes:
        key: the caller's name for it.
        token: names this submission.
        attempt: number of the attempt.
        script: absolute path.
        prepared: what submitting takes of the request.
        exclude_nodes: to keep away from.
    """

    key: str
    token: str
    attempt: int
    script: str
    prepared: Prepared
    exclude_nodes: tuple[str, ...] = ()


def parse_submission(job: JobMap, prepare: Callable[[RequestMap], Prepared]) -> Submission:
    """Read one job of `submit`.

    Args:
        job: as in the table of ``docs/adapters.md``.
        prepare: makes of a request what submitting takes of it; called only where the caller does not
            hand back what `render` prepared.

    Raises:
        RequestError: a value cannot be used.
    """
    prepared = job.get("prepared")
    return Submission(
        key=str(job["key"]),
        token=parse_token(job),
        attempt=int(job["attempt"]),
        script=str(job["script"]),
        prepared=prepare(job["request"]) if prepared is None else Prepared.from_map(prepared),
        exclude_nodes=tuple(job.get("exclude_nodes") or ()),
    )


def parse_token(job: JobMap) -> str:
    """Read the token of one job of `submit`.

    Raises:
        RequestError: it could not be found again among words.
    """
    token = str(job["token"])
    if not token or token.split() != [token]:
        raise RequestError(f"the token {token!r} is empty or holds white space")
    return token
