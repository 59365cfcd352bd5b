"""What a progress bar wants to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

__all__ = ["Progress"]


@attrs.frozen
class Progress:
    """How far a study is.

    Attributes:
        counts: state → how many instances are in it; states without any are left out.
        total: number of instances.
        ended: name and state of those that ended since the last time, at most the last 100.
        paused: why nothing goes on (a full disk); None: it does.
    """

    counts: Mapping[str, int]
    total: int
    ended: Sequence[tuple[str, str]]
    paused: str | None = None
