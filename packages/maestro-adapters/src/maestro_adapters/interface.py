"""The documented contract of an adapter, for readers and type checkers.

Nothing has to import this to be an adapter: whatever has these methods is one. What goes in and
comes out, field by field, is in ``docs/adapters.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

__all__ = ["GROUP", "Adapter", "Factory"]

#: Entry-point group; the name of an entry point is what a study writes as `batch: {type: NAME}`.
GROUP = "maestro.adapters"


@runtime_checkable
class Adapter(Protocol):
    """A kind of scheduler. Only builtin types cross this boundary.

    A method raises only for a mistake in the call itself; trouble with the scheduler is an answer.
    Each call takes a bounded time.
    """

    name: str

    def describe(self) -> dict[str, Any]:
        """``name suffix scheduled slots commands``."""

    def render(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """``script restart suffix script_name restart_name slots``; pure.

        Raises:
            ValueError: the request cannot be rendered; the message says why.
        """

    def submit(self, jobs: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """By key: ``job state``, or ``error transient unknown command output``."""

    def poll(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """By id: ``state native reason exit_code started ended restarts nodes``."""

    def cancel(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """By id: ``cancelled``, or an error as in `submit`."""

    def find(self, tokens: Sequence[str]) -> dict[str, dict[str, Any]]:
        """By token: ``job state``, or ``absent``, or ``error``: could not ask."""

    def wake_fd(self) -> int | None:
        """Readable when `poll` would have news, or None where nobody can tell."""

    def close(self, stop_jobs: bool = False) -> None:
        """Free what the adapter holds; jobs go on, unless `stop_jobs`."""


class Factory(Protocol):
    """What an entry point names."""

    def __call__(self, options: Mapping[str, Any]) -> Adapter:
        """An adapter with these options."""
