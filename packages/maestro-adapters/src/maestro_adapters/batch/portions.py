"""Cuts lists of job ids to the length of a command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

__all__ = ["MOST_IDS", "portions"]

#: Job ids in one command line; at about 20 bytes each far below the 128 KiB that Linux allows.
MOST_IDS = 2000


def portions(job_ids: Sequence[str], most: int = MOST_IDS) -> Iterator[Sequence[str]]:
    """Yield the ids, at most `most` at a time."""
    for start in range(0, len(job_ids), most):
        yield job_ids[start : start + most]
