"""Writes the command lines of LSF's programs, as argument lists.

Pages of LSF 10.1, below https://www.ibm.com/docs/en/SSWRJV_10.1.0/lsf_command_ref/: `bsub.cwd.1`,
`bsub.jd.1`, `bsub.rn.1`, `bsub.r.1`, `bjobs.a.1`, `bjobs.o.1`, `bjobs.json.1`, `bjobs.noheader.1`,
`bkill.man_top.1`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from maestro_adapters.process.runner import Call, neutral_environment

#: Settings of the user for LSF's programs, and what a job that we run in left behind. What says
#: which LSF to talk to is called `LSF_…`.
DROPPED = ("LSB_", "LS_", "BSUB_")

#: Fields of `bjobs -o`; the description stands last, as it may hold the delimiter.
FIELDS = ("jobid", "stat", "exit_code", "exit_reason", "exec_host", "job_description")
DELIMITER = "|"


def environment() -> dict[str, str]:
    """Make the environment of LSF's commands."""
    return {
        **neutral_environment(os.environ, DROPPED),
        # Else bsub waits for ever where the site takes no more pending jobs (MAX_PEND_JOBS).
        "LSB_NTRIES": "1",
    }


def bsub(driver: str, *, workspace: str, description: str, requeue: bool) -> Call:
    """Submit a driver, which goes through standard input.

    Args:
        driver: text of the script.
        workspace: where the job runs.
        description: its last word names the submission.
        requeue: the scheduler may run the job again by itself.
    """
    argv = ("bsub", "-cwd", workspace, "-Jd", description, "-r" if requeue else "-rn")
    return Call(argv, stdin=driver, submits=True)


def bjobs(*, json: bool) -> Call:
    """List all our jobs that LSF still holds: also those that ended within its CLEAN_PERIOD."""
    if json:
        return Call(("bjobs", "-a", "-o", " ".join(FIELDS), "-json"))
    return Call(("bjobs", "-a", "-noheader", "-o", f"{' '.join(FIELDS)} delimiter='{DELIMITER}'"))


def bkill(job_ids: Sequence[str]) -> Call:
    """Cancel these jobs."""
    return Call(("bkill", *job_ids))
