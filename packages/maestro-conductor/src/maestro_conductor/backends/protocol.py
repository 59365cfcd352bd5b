"""What the conductor needs from outside, in builtin types. Adapters satisfy it structurally."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

__all__ = ["Adapter", "AdapterFactory", "Clock", "Disk", "LocalAdapter", "Selector", "Worker"]


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


class Clock(Protocol):
    """Tells the time."""

    def wall(self) -> int:
        """Ms since 1970; may jump."""
        ...

    def steady(self) -> float:
        """S; never jumps."""
        ...


class Disk(Protocol):
    """Takes what is written to an open file."""

    def write(self, descriptor: int, data: bytes | bytearray | memoryview, /) -> int:
        """Write some of it; gives how many bytes.

        Raises:
            OSError: none was written.
        """
        ...

    def sync(self, descriptor: int, /) -> None:
        """Have it outlive the machine going down.

        Raises:
            OSError: it may not.
        """
        ...

    def truncate(self, descriptor: int, size: int, /) -> None:
        """Cut it after so many bytes.

        Raises:
            OSError: it is as it was.
        """
        ...


class Selector(Protocol):
    """What the loop waits in: the part of `selectors.BaseSelector` that it uses."""

    def register(self, fileobj: int, events: int, data: Any = None, /) -> Any: ...  # noqa: D102
    def select(self, timeout: float, /) -> list[tuple[Any, int]]: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


class Worker(Protocol):
    """Makes a scheduler's calls: see `maestro_conductor.backends.worker_thread.AdapterWorker`."""

    def put(  # noqa: D102
        self, call: Callable[[], Any], answer: Callable[[Any], None], *, urgent: bool = False
    ) -> None: ...
    def collect(self) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102
    def join(self, timeout: float, /) -> None: ...  # noqa: D102
