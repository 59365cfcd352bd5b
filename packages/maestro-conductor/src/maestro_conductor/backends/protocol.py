"""What the conductor needs from outside, in builtin types. Adapters satisfy it structurally."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

__all__ = ["Adapter", "AdapterFactory", "LocalAdapter"]


class Adapter(Protocol):
    """A scheduler; see docs/adapters.md."""

    name: str

    def describe(self) -> dict[str, Any]: ...  # noqa: D102 - docs/adapters.md
    def render(self, request: Mapping[str, Any]) -> dict[str, Any]: ...  # noqa: D102
    def submit(self, jobs: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]: ...  # noqa: D102
    def poll(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]: ...  # noqa: D102
    def cancel(self, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]: ...  # noqa: D102
    def find(self, tokens: Sequence[str]) -> dict[str, dict[str, Any]]: ...  # noqa: D102
    def wake_fd(self) -> int | None: ...  # noqa: D102
    def close(self, stop_jobs: bool = False) -> None: ...  # noqa: D102


class LocalAdapter(Adapter, Protocol):
    """What the adapter of local steps can do besides."""

    def withdraw(self, job_ids: Sequence[str]) -> list[str]: ...  # noqa: D102


#: Name and options → adapter.
AdapterFactory = Callable[[str, Mapping[str, Any]], Adapter]
