"""Judges what the end of a local job means. Pure."""

from __future__ import annotations

import signal

from maestro_adapters.job import states
from maestro_adapters.job.states import JobStatus
from maestro_adapters.local.job import LocalJob
from maestro_adapters.script import driver

__all__ = ["ended", "left_behind", "nothing_ran", "outcome"]


def left_behind(left: str) -> str:
    """Say to people what a command left in the background, out of ``name:pid,…``."""
    return "in the background: " + ", ".join(
        "{} ({})".format(*entry.rsplit(":", 1)) if ":" in entry else entry
        for entry in left.split(",")
    )


def outcome(job: LocalJob, code: int | None, left: str = "", *, lost: bool = False) -> JobStatus:
    """Judge the end of a job's script.

    Args:
        job: its `stopped_as` matters.
        code: exit code, as a shell gives it; None: nobody knows it.
        left: what it left in the background, and is not waited for.
        lost: its folder was deleted while it ran, with all that it wrote there, or moved before it began.
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
    if lost:
        reason = "its folder was deleted while it ran, or moved before it began"
        return JobStatus(states.HWFAILURE, native=f"exit {code}", reason=reason, exit_code=code)
    state = states.FAILED if code else states.FINISHED
    over = (
        f"its walltime has passed, and it has left something {left_behind(left)}" if left else None
    )
    return JobStatus(state, native=f"exit {code}", reason=over or _died_of(code), exit_code=code)


def nothing_ran(job: LocalJob, code: int, why: str) -> JobStatus:
    """Judge that a job was not started.

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
    """Add to an `outcome` what was known before: `attrs.evolve` takes four times as long."""
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
    """Name the signal that a shell's exit code may stand for."""
    try:
        return f"ended by {signal.Signals(code - 128).name}" if code > 128 else None
    except ValueError:
        return None
