"""A local job: what it is, and what its end means."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from maestro_adapters import attempt_file, driver, states, walltime
from maestro_adapters.attempt_file import Attempt
from maestro_adapters.jobs import parse_token
from maestro_adapters.request import read_keys, require
from maestro_adapters.states import JobStatus

__all__ = [
    "LocalJob",
    "driver_arguments",
    "ended",
    "of_driver",
    "outcome",
    "parse_local_job",
    "write_end",
]

#: Keys of a request that the driver, or the pool, makes something of.
_NEEDED = (
    "name",
    "label",
    "workspace",
    "procs",
    "cores_per_task",
    "walltime",
    "enforce_walltime",
)

_QUEUED = JobStatus(states.PENDING, native="queued")


@attrs.define(eq=False, kw_only=True)
class LocalJob:
    """One job of the pool; `Pool` alone changes it.

    Attributes:
        token: names its submission.
        workspace, script, attempt, label: of the driver; the workspace is None where another process
            started the job, and its driver is gone.
        slots: how many it takes.
        limit: s, after which it is stopped; None: never.
        id: as the caller knows it.
        pid: of the driver, once it runs; of a process that it left, where the driver is gone; -n: all
            of group n is meant.
        pidfd: becomes readable at that process's end; None: there is none, so it is looked after.
        session: of its processes.
        child: this process learns the exit code of `pid` first-hand.
        orphan: the driver was killed, and `pid` is its script, which became our child.
        stopped_as: CANCELLED or TIMEDOUT, once we have begun to stop it.
        status: what `poll` says.
    """

    token: str
    workspace: str | None
    script: str = ""
    attempt: int = 0
    label: str = ""
    slots: int = 1
    limit: float | None = None
    id: str = ""
    pid: int | None = None
    pidfd: int | None = None
    session: int | None = None
    child: bool = True
    orphan: bool = False
    stopped_as: str | None = None
    status: JobStatus = _QUEUED

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.status.state in states.FINAL

    def read_attempt(self) -> Attempt | None:
        """What its attempt file says; None: there is none, or none that can be read."""
        if self.workspace is None:
            return None
        try:
            return attempt_file.read(attempt_file.path_of(self.workspace, self.attempt))
        except OSError:
            return None


def write_end(job: LocalJob, exit_code: int) -> None:
    """End the attempt file of a job in its dead driver's place, for whoever asks later."""
    with (
        contextlib.suppress(OSError),
        attempt_file.path_of(job.workspace or "", job.attempt).open("r+") as file,
    ):
        file.seek(0, os.SEEK_END)
        file.write(f"end code={exit_code}\n")


def parse_local_job(submission: Mapping[str, Any]) -> LocalJob:
    """Read one job of `submit`: of its request what a driver needs.

    Raises:
        RequestError: a value cannot be used, or one that is needed is missing.
    """
    fields = read_keys(submission["request"], _NEEDED)
    require(fields, "name", "workspace")
    limit = fields.get("walltime") if fields.get("enforce_walltime") else None
    return LocalJob(
        token=parse_token(submission),
        workspace=fields["workspace"],
        script=str(submission["script"]),
        attempt=int(submission["attempt"]),
        label=fields.get("label", fields["name"]),
        slots=fields.get("procs", 1) * fields.get("cores_per_task", 1),
        limit=None if limit is None else walltime.parse(limit),
    )


def driver_arguments(job: LocalJob, host: str, boot: str, now: float) -> list[str]:
    """What the driver is started with; the last two are for `of_driver` alone."""
    limit = "" if job.limit is None else repr(job.limit)
    words = [
        job.workspace or "",
        job.script,
        str(job.attempt),
        host,
        boot,
        job.label,
        "",
        str(int(now)),
    ]
    return [*words, "", str(job.slots), limit]


def of_driver(token: str, words: Sequence[str]) -> LocalJob:
    """The job of a driver that another process started with these arguments."""
    workspace, script, attempt, host, _, label, _, started, _, slots, limit = words[:11]
    return LocalJob(
        token=token,
        workspace=workspace,
        script=script,
        attempt=int(attempt),
        label=label,
        slots=int(slots),
        limit=float(limit) if limit else None,
        child=False,
        status=JobStatus(states.RUNNING, native="running", started=float(started), nodes=(host,)),
    )


def outcome(job: LocalJob, wait_status: int | None, attempt: Attempt | None) -> JobStatus:
    """What the end of a job's driver means.

    Args:
        job: its `pid` and `stopped_as` matter.
        wait_status: as of ``wait(2)``; None: it was not our child, or somebody else reaped it.
        attempt: what the attempt file says; only looked at where the wait status leaves a question.
    """
    own = job.orphan or (attempt is not None and attempt.pid == job.pid)
    code: int | None
    if wait_status is None:
        code = attempt.exit_code if attempt else None
    else:
        code = os.waitstatus_to_exitcode(wait_status)
        if job.orphan:  # what its driver would have said
            code = _as_shell(code)
    nothing_ran = code in (driver.ALREADY_STARTED, driver.CANNOT_START) and not own

    if job.stopped_as is not None:
        reason = (
            "cancelled"
            if job.stopped_as == states.CANCELLED
            else f"ran longer than {job.limit:g} s"
        )
        code = None if code is None or nothing_ran else _as_shell(code)
        return JobStatus(job.stopped_as, native="stopped", reason=reason, exit_code=code)
    if code is None:
        if job.workspace is None:
            return JobStatus(states.NOTFOUND, native="gone", reason="its processes are gone")
        return JobStatus(
            states.FAILED, native="gone", reason="its driver died and left no exit code"
        )
    if code < 0:
        name = signal.Signals(-code).name
        return JobStatus(
            states.FAILED,
            native=name,
            reason=f"its driver was ended by {name}",
            exit_code=128 - code,
        )
    if nothing_ran and code == driver.ALREADY_STARTED:
        reason = f"attempt {job.attempt} was started or declared void before: nothing ran"
        return JobStatus(states.FAILED, native=f"exit {code}", reason=reason)
    if nothing_ran:
        reason = f"could not enter {job.workspace}, or write its attempt file there: nothing ran"
        return JobStatus(states.HWFAILURE, native=f"exit {code}", reason=reason)
    state = states.FAILED if code else states.FINISHED
    return JobStatus(state, native=f"exit {code}", reason=_died_of(code), exit_code=code)


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


def _as_shell(code: int) -> int:
    return 128 - code if code < 0 else code


def _died_of(code: int) -> str | None:
    """The signal that a shell's exit code may stand for."""
    try:
        return f"ended by {signal.Signals(code - 128).name}" if code > 128 else None
    except ValueError:
        return None
