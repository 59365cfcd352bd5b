"""Defines the documented contract of an adapter, for readers and type checkers.

Nothing has to import this to be an adapter: whatever has these methods is one. What goes in and
comes out, field by field, is in ``docs/adapters.md``.
"""

# Not `from __future__ import annotations`: each annotation of these classes would be compiled at every start.
from collections.abc import Mapping, Sequence
from typing import Protocol, TypedDict, runtime_checkable

__all__ = [
    "GROUP",
    "Adapter",
    "CancelAnswer",
    "Description",
    "Factory",
    "FindAnswer",
    "JobMap",
    "OptionsMap",
    "PollAnswer",
    "Refusal",
    "Rendered",
    "RequestMap",
    "SubmitAnswer",
]

#: Entry-point group; the name of an entry point is what a study writes as `batch: {type: NAME}`.
GROUP = "maestro.adapters"


class OptionsMap(TypedDict, total=False):
    """What an adapter is made with; a missing key is like None."""

    shell: str | None
    host: str | None
    bank: str | None
    queue: str | None
    reservation: str | None
    qos: str | None
    uri: str | None
    version: str | None
    args: Mapping[str, object] | None
    allocation_args: Mapping[str, object] | None
    launcher_args: Mapping[str, object] | None
    launcher: str | None
    slots: int | None
    adopt: bool | None
    array: bool | None
    user_throttle: int | None
    timeout: float | None
    environment: Mapping[str, str] | None


class Description(TypedDict):
    """What `Adapter.describe` answers."""

    name: str
    suffix: str
    scheduled: bool
    slots: int | None
    commands: list[str]


class RequestMap(TypedDict, total=False):
    """A job as its step asks for it; a missing key is like None."""

    name: str
    label: str | None
    description: str | None
    workspace: str
    command: str
    restart: str | None
    scheduled: bool
    nodes: int | None
    procs: int | None
    gpus: int | None
    cores_per_task: int | None
    tasks_per_rs: int | None
    rs_per_node: int | None
    cpus_per_rs: int | None
    bind: str | None
    bind_gpus: str | None
    walltime: str | None
    enforce_walltime: bool | None
    queue: str | None
    bank: str | None
    reservation: str | None
    qos: str | None
    exclusive_allocation: bool | None
    exclusive_launcher: bool | None
    nested: bool | None
    waitable: bool | None
    priority: str | float | None
    requeue: bool | None
    allocation_args: Mapping[str, object] | None
    launcher_args: Mapping[str, object] | None
    shell: str | None
    default_nodes: int | None
    default_procs: int | None
    default_gpus: int | None


class Rendered(TypedDict, total=False):
    """What `Adapter.render` answers; `prepared` may be left out."""

    script: str
    restart: str | None
    suffix: str
    script_name: str
    restart_name: str | None
    slots: int
    prepared: Mapping[str, object] | None


class JobMap(TypedDict, total=False):
    """What `Adapter.submit` takes of each job; `prepared` may be left out."""

    key: str
    token: str
    attempt: int
    script: str
    request: RequestMap
    prepared: Mapping[str, object] | None
    exclude_nodes: Sequence[str]


class Refusal(TypedDict, total=False):
    """Why something was not done, of `Adapter.submit` and `Adapter.cancel`."""

    error: str
    transient: bool
    unknown: bool
    command: list[str]
    output: str


class SubmitAnswer(Refusal, total=False):
    """What `Adapter.submit` says of a job: `job` and `state`, or an `error`."""

    job: str
    state: str


class CancelAnswer(Refusal, total=False):
    """What `Adapter.cancel` says of a job: `cancelled`, or an `error`."""

    cancelled: bool


class FindAnswer(TypedDict, total=False):
    """What `Adapter.find` says of a token: `job` and `state`, or `absent`, or an `error`."""

    job: str
    state: str
    absent: bool
    error: str


class PollAnswer(TypedDict, total=False):
    """What `Adapter.poll` says of a job."""

    state: str
    native: str
    reason: str | None
    exit_code: int | None
    started: float | None
    ended: float | None
    restarts: int
    nodes: list[str]
    job: str


@runtime_checkable
class Adapter(Protocol):
    """A kind of scheduler. Only builtin types cross this boundary.

    A method raises only for a mistake in the call itself; trouble with the scheduler is an answer.
    Each call takes a bounded time.
    """

    name: str

    def describe(self) -> Description:
        """Say what it can do."""

    def render(self, request: RequestMap) -> Rendered:
        """Render the texts of a job's scripts; pure.

        Raises:
            ValueError: the request cannot be rendered; the message says why.
        """

    def submit(self, jobs: Sequence[JobMap]) -> Mapping[str, SubmitAnswer]:
        """Submit all; by key the job and its state, or an error."""

    def poll(self, job_ids: Sequence[str]) -> Mapping[str, PollAnswer]:
        """Ask for all; by id what the scheduler says of the job."""

    def cancel(self, job_ids: Sequence[str]) -> Mapping[str, CancelAnswer]:
        """Cancel all; by id whether the scheduler accepted it, or an error."""

    def find(self, tokens: Sequence[str]) -> Mapping[str, FindAnswer]:
        """Look for submissions; by token the job, or that there is none, or why nobody could ask."""

    def wake_fd(self) -> int | None:
        """Return what is readable when `poll` would have news, or None where nobody can tell."""

    def close(self, stop_jobs: bool = False) -> None:
        """Free what the adapter holds; jobs go on, unless `stop_jobs`."""


class Factory(Protocol):
    """What an entry point names."""

    def __call__(self, options: OptionsMap) -> Adapter:
        """Make an adapter with these options."""
