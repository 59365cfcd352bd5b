"""A local job, and how it is read from what is submitted."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import attrs

from maestro_adapters.errors import RequestError
from maestro_adapters.job import states, walltime
from maestro_adapters.job.request import read_keys, require
from maestro_adapters.job.states import JobStatus
from maestro_adapters.job.submission import parse_token
from maestro_adapters.script import attempt_file
from maestro_adapters.script.attempt_file import Attempt

__all__ = ["LocalJob", "parse_local_job"]

#: Keys of a request that the keeper, or the pool, makes something of.
_NEEDED = (
    "name",
    "label",
    "workspace",
    "procs",
    "cores_per_task",
    "walltime",
    "enforce_walltime",
)

#: Bytes; its logs' names have the process id, and an attempt, too.
_LONGEST_LABEL = 220

_QUEUED = JobStatus(states.PENDING, native="queued")


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
        """What its attempt file says; None: there is none, or none that can be read."""
        try:
            return attempt_file.read(attempt_file.path_of(self.workspace, self.attempt))
        except OSError:
            return None


def parse_local_job(submission: Mapping[str, Any]) -> LocalJob:
    """Read one job of `submit`: of its request what a keeper needs.

    Raises:
        RequestError: a value cannot be used, or one that is needed is missing.
    """
    fields = read_keys(submission["request"], _NEEDED)
    require(fields, "name", "workspace")
    label = fields.get("label", fields["name"])
    if len(os.fsencode(label)) > _LONGEST_LABEL:
        raise RequestError(f"'label' is too long for the name of a file: {len(label)} characters")
    enforced = fields.get("enforce_walltime")
    limit = fields.get("walltime") if enforced else None
    return LocalJob(
        token=parse_token(submission),
        workspace=fields["workspace"],
        script=str(submission["script"]),
        attempt=int(submission["attempt"]),
        label=label,
        slots=fields.get("procs", 1) * fields.get("cores_per_task", 1),
        limit=None if limit is None else walltime.parse(limit),
        patience=None if enforced else _seconds(fields.get("walltime")),
    )


def _seconds(text: str | None) -> float | None:
    """A walltime that nobody enforces; None: there is none, or it makes no sense."""
    try:
        return None if text is None else walltime.parse(text)
    except RequestError:
        return None
