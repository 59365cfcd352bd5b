"""A local job: what it is, and what its end means."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from maestro_adapters.errors import RequestError
from maestro_adapters.job import states, walltime
from maestro_adapters.job.request import read_keys, require
from maestro_adapters.job.states import JobStatus
from maestro_adapters.job.submission import parse_token
from maestro_adapters.local.keeper import process as keeper
from maestro_adapters.script import attempt_file, driver
from maestro_adapters.script.attempt_file import Attempt
from maestro_adapters.script.regular_files import open_regular

__all__ = [
    "LocalJob",
    "ended",
    "left_behind",
    "nothing_ran",
    "outcome",
    "parse_local_job",
    "still_writes",
    "write_command",
    "write_end",
]

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
    """One job of the pool; `Pool` alone changes it.

    Attributes:
        token: names its submission.
        workspace, script, attempt, label: what the keeper is asked with.
        slots: how many it takes.
        limit: s, after which it is stopped; None: never.
        patience: s from its start on, in which what it leaves in the background is waited for; None:
            always.
        id: as the caller knows it; another from its start on, if it waited.
        pid: of its script, once that runs.
        pidfd: becomes readable at that process's end; None: our keeper tells of it, or there is none,
            so it is looked after.
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
    pidfd: int | None = None
    session: int | None = None
    child: bool = False
    command_code: int | None = None
    left: dict[int, bytes] = attrs.Factory(dict)
    stopped_as: str | None = None
    status: JobStatus = _QUEUED

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.status.state in states.FINAL

    def read_attempt(self) -> Attempt | None:
        """What its attempt file says; None: there is none, or none that can be read."""
        try:
            return attempt_file.read(attempt_file.path_of(self.workspace, self.attempt))
        except OSError:
            return None


def still_writes(job: LocalJob) -> bool:
    """Whether something of a job's session can write to its logs; sees what, as a keeper does."""
    if job.session is None:
        return False
    found = Path(job.workspace).glob(f"*.{job.session}.*")
    logs = [os.fsencode(path) for path in found if path.suffix in (".out", ".err")]
    if not any(map(keeper.may_be_written, logs)):
        job.left = {}
    elif not any(map(keeper.is_there, job.left)):
        job.left = keeper.writers(job.session, logs)
    return bool(job.left)


def write_command(job: LocalJob, exit_code: int) -> str:
    """Note in a dead keeper's place that a command has ended and what it left; gives what that is."""
    left = ",".join(f"{os.fsdecode(name)}:{pid}" for pid, name in job.left.items())
    _append(job, f"command code={exit_code} left={left}\n")
    return left


def write_end(job: LocalJob, exit_code: int) -> None:
    """End the attempt file of a job in its dead keeper's place, for whoever asks later."""
    _append(job, f"end code={exit_code}\n")


def _append(job: LocalJob, line: str) -> None:
    with (
        contextlib.suppress(OSError),
        os.fdopen(_attempt_file(job), "a") as file,
    ):
        file.write(line)


def _attempt_file(job: LocalJob) -> int:
    path = attempt_file.path_of(job.workspace, job.attempt)
    return open_regular(path, os.O_WRONLY | os.O_APPEND)


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


def left_behind(left: str) -> str:
    """For people: what a command left in the background, out of ``name:pid,…``."""
    return "in the background: " + ", ".join(
        "{} ({})".format(*entry.rsplit(":", 1)) if ":" in entry else entry
        for entry in left.split(",")
    )


def outcome(job: LocalJob, code: int | None, left: str = "") -> JobStatus:
    """What the end of a job's script means.

    Args:
        job: its `stopped_as` matters.
        code: exit code, as a shell gives it; None: nobody knows it.
        left: what it left in the background, and is not waited for.
    """
    if job.stopped_as is not None:
        reason = (
            "cancelled"
            if job.stopped_as == states.CANCELLED
            else f"ran longer than {job.limit:g} s"
        )
        return JobStatus(job.stopped_as, native="stopped", reason=reason, exit_code=code)
    if code is None:
        reason = "the process that kept it died, and its exit code is not known"
        return JobStatus(states.FAILED, native="gone", reason=reason)
    state = states.FAILED if code else states.FINISHED
    over = f"its walltime is over, and it has left something {left_behind(left)}" if left else None
    return JobStatus(state, native=f"exit {code}", reason=over or _died_of(code), exit_code=code)


def nothing_ran(job: LocalJob, code: int, why: str) -> JobStatus:
    """What it means that a job was not started.

    Args:
        job: which.
        code: what a driver would have exited with.
        why: what the system said.
    """
    if code == driver.ALREADY_STARTED:
        reason = f"attempt {job.attempt} was started or declared void before: nothing ran"
        return JobStatus(states.FAILED, native=f"exit {code}", reason=reason)
    reason = f"could not enter {job.workspace}, or write there ({why}): nothing ran"
    return JobStatus(states.HWFAILURE, native=f"exit {code}", reason=reason)


def ended(status: JobStatus, before: JobStatus, now: float) -> JobStatus:
    """An `outcome` with what was known before: `attrs.evolve` takes four times as long."""
    return JobStatus(
        status.state,
        status.native,
        status.reason,
        status.exit_code,
        before.started,
        now,
        nodes=before.nodes,
    )


def _died_of(code: int) -> str | None:
    """The signal that a shell's exit code may stand for."""
    try:
        return f"ended by {signal.Signals(code - 128).name}" if code > 128 else None
    except ValueError:
        return None
