"""Defines a local job, and reads it from what is submitted."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TypedDict, cast

import attrs

from maestro_adapters.errors import RequestError
from maestro_adapters.interface import JobMap, RequestMap
from maestro_adapters.job import states, walltime
from maestro_adapters.job.request import JobRequest, read_keys, require
from maestro_adapters.job.states import JobStatus
from maestro_adapters.job.submission import parse_token
from maestro_adapters.script import attempt_file
from maestro_adapters.script.attempt_file import Attempt

__all__ = ["LocalJob", "Prepared", "parse_local_job", "prepare"]

_WALLTIME = ("walltime", "enforce_walltime")
#: Keys of a request that the keeper, or the pool, makes something of.
_NEEDED = ("name", "label", "workspace", "procs", "cores_per_task", *_WALLTIME)

#: Bytes; its logs' names have the process id, and an attempt, too.
_LONGEST_LABEL = 220

_QUEUED = JobStatus(states.PENDING, native="queued")


class Prepared(TypedDict):
    """What submitting a job takes of its request: the ``prepared`` of the interface.

    The fields are those of `LocalJob`.
    """

    workspace: str
    label: str
    slots: int
    limit: float | None
    patience: float | None


_PREPARED = Prepared.__required_keys__


@attrs.define(eq=False, kw_only=True)
class LocalJob:
    """One job of a pool, whose parts alone change it.

    Attributes:
        token: names its submission.
        workspace, script, attempt, label: what the keeper is asked with.
        slots: how many it takes.
        limit: s, after which it is stopped; None: never.
        patience: s from its start on, in which what it leaves in the background is waited for; None:
            always.
        id: as the caller knows it; another from its start on, if it waited.
        pid: of its script, once that runs.
        session: of its processes.
        child: its keeper was killed, and its script became the child of this process.
        command_code: exit code of its command, which has left something in the background and is not kept.
        left: what that is: process id → name.
        stopped_as: CANCELLED or TIMEDOUT, once we have begun to stop it.
        status: what `poll` says.
    """

    token: str
    workspace: str
    script: str = ""
    attempt: int = 0
    label: str = ""
    slots: int = 1
    limit: float | None = None
    patience: float | None = None
    id: str = ""
    pid: int | None = None
    session: int | None = None
    child: bool = False
    command_code: int | None = None
    left: dict[int, bytes] = attrs.Factory(dict)
    stopped_as: str | None = None
    status: JobStatus = _QUEUED

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.status.state in states.FINAL

    def read_attempt(self) -> Attempt | None:
        """Read its attempt file; None: there is none, or none that can be read."""
        try:
            return attempt_file.read(attempt_file.path_of(self.workspace, self.attempt))
        except OSError:
            return None


def prepare(request: RequestMap, parsed: JobRequest) -> Prepared:
    """Take from a request what a keeper, or the pool, makes something of.

    Args:
        request: as it was given; its walltime is no matter of scripts.
        parsed: what was read of it to render its scripts.

    Raises:
        RequestError: a value cannot be used.
    """
    slots = (parsed.step_procs or 1) * (parsed.cores_per_task or 1)
    fields = read_keys(request, _WALLTIME)
    said, enforced = fields.get("walltime"), fields.get("enforce_walltime", False)
    return _prepared(parsed.workspace, parsed.label, slots, said, enforced=enforced)


def parse_local_job(job: JobMap) -> LocalJob:
    """Read one job of `submit`; its request only where nothing was prepared.

    Raises:
        RequestError: a value cannot be used, or one that is needed is missing.
    """
    handed_back = job.get("prepared")
    prepared = _read(job["request"]) if handed_back is None else _check(handed_back)
    return LocalJob(
        token=parse_token(job),
        workspace=prepared["workspace"],
        script=str(job["script"]),
        attempt=int(job["attempt"]),
        label=prepared["label"],
        slots=prepared["slots"],
        limit=prepared["limit"],
        patience=prepared["patience"],
    )


def _read(request: RequestMap) -> Prepared:
    fields = read_keys(request, _NEEDED)
    require(fields, "name", "workspace")
    slots = fields.get("procs", 1) * fields.get("cores_per_task", 1)
    label = fields.get("label", fields["name"])
    said, enforced = fields.get("walltime"), fields.get("enforce_walltime", False)
    return _prepared(fields["workspace"], label, slots, said, enforced=enforced)


def _prepared(
    workspace: str, label: str, slots: int, said: str | None, *, enforced: bool
) -> Prepared:
    if len(os.fsencode(label)) > _LONGEST_LABEL:
        raise RequestError(f"'label' is too long for the name of a file: {len(label)} characters")
    limit = patience = None
    if enforced:
        limit = None if said is None else walltime.parse(said)
    else:
        patience = _seconds(said)
    return {
        "workspace": workspace,
        "label": label,
        "slots": slots,
        "limit": limit,
        "patience": patience,
    }


def _check(prepared: Mapping[str, object]) -> Prepared:
    if prepared.keys() != _PREPARED:
        raise RequestError("'prepared' is not what this adapter's render gave")
    return cast("Prepared", prepared)


def _seconds(text: str | None) -> float | None:
    """Read a walltime that nobody enforces; None: there is none, or it makes no sense."""
    try:
        return None if text is None else walltime.parse(text)
    except RequestError:
        return None
