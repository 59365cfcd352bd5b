"""Records what a real Slurm answers, for the tests of maestro-adapters.

    bash integration-tests/slurm/up.sh; . /tmp/slurm-test/env.sh
    python integration-tests/slurm_recording.py packages/maestro-adapters/tests/slurm/captures

Wants a fresh cluster of `up.sh` with SLURM_TEST_SPEED=15, used by nobody else. Jobs are named by
their comments: `m0.timeout.1` is the one that ran into its time limit.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import attrs

from maestro_adapters.process.runner import Call, CommandRunner, Result
from maestro_adapters.slurm import commands, parse
from maestro_adapters.testing.recorded_runner import recording
from slurm_cluster import SlurmCluster

LONG = "#!/bin/sh\nsleep 600\n"
RUNNER = CommandRunner(environment=commands.environment, timeout=120)


@attrs.frozen
class Recorder:
    """Runs commands and keeps what they print."""

    folder: Path

    def keep(self, name: str, call: Call, **variables: str) -> Result:
        """Run a command, with these variables beside its own."""
        call = attrs.evolve(call, variables={**call.variables, **variables})
        result = RUNNER.run(call)
        if result.exit_code is None:
            raise RuntimeError(result.describe())
        (self.folder / f"{name}.txt").write_text(recording(result), encoding="utf-8")
        return result


def sbatch(name: str, *options: str, script: str = LONG, requeue: bool = False) -> Call:
    """The submission of a job that leaves no logs."""
    silent = ("--output=/dev/null", "--error=/dev/null")
    return commands.sbatch(
        script,
        workspace="/tmp",
        comment=f"about | it m0.{name}.1",
        requeue=requeue,
        options=(*silent, *options),
    )


class Jobs:
    """Submits jobs and waits for what is to become of them."""

    def __init__(self, cluster: SlurmCluster) -> None:
        self._cluster = cluster
        self.ids: dict[str, str] = {}

    def submit(self, name: str, *options: str, script: str = LONG, requeue: bool = False) -> str:
        """Submit a job; its id."""
        result = RUNNER.run(sbatch(name, *options, script=script, requeue=requeue))
        job_id = parse.submitted(result.stdout)
        if job_id is None:
            raise RuntimeError(result.describe())
        self.ids[name] = job_id
        return job_id

    def wait(self, name: str, state: str) -> None:
        """Wait for a state, in Slurm's own word."""
        self._cluster.until(lambda: self._state(name) == state, f"{name}: {state}")

    def _state(self, name: str) -> str | None:
        shown = RUNNER.run(commands.squeue(None)).stdout
        states = {job.job_id: job.status.native for job in parse.squeue(shown)}
        return states.get(self.ids[name])


def preempt(jobs: Jobs) -> None:
    """A job of the lower partition makes room."""
    jobs.submit("preempted", "--partition=scavenge", "--nodes=4", "--exclusive")
    jobs.wait("preempted", "RUNNING")
    jobs.submit("finished", "--nodes=4", "--exclusive", script="#!/bin/sh\ntrue\n")
    jobs.wait("preempted", "PREEMPTED")
    jobs.wait("finished", "COMPLETED")


def end(cluster: SlurmCluster, jobs: Jobs) -> None:
    """Jobs that end in each of the ways there are."""
    jobs.submit("failed", script="#!/bin/sh\nexit 3\n")
    jobs.submit("signalled", script="#!/bin/sh\nkill -9 $$\n")
    jobs.submit("lost", "--nodelist=n4")
    for name in ("cancelled", "timeout"):
        jobs.submit(name)
    for name in ("cancelled", "timeout", "lost"):
        jobs.wait(name, "RUNNING")
    cluster.run("scancel", jobs.ids["cancelled"])
    cluster.hasten(jobs.ids["timeout"])
    cluster.fail_node("n4")
    jobs.wait("lost", "NODE_FAIL")
    cluster.resume_node("n4")
    for name, state in (("failed", "FAILED"), ("cancelled", "CANCELLED"), ("timeout", "TIMEOUT")):
        jobs.wait(name, state)


def live(cluster: SlurmCluster, jobs: Jobs) -> None:
    """Jobs that live on in each of the ways there are; the requeued one is asked for at once."""
    jobs.submit("held", "--hold")
    jobs.submit("waiting", "--begin=now+1hour")
    jobs.submit("array", "--array=0-2%1")
    for name in ("running", "suspended"):
        jobs.submit(name)
    for name in ("requeued", "requeue-held"):
        jobs.submit(name, requeue=True)
    for name in ("running", "suspended", "requeued", "requeue-held"):
        jobs.wait(name, "RUNNING")
    cluster.run("scontrol", "suspend", jobs.ids["suspended"])
    jobs.wait("suspended", "SUSPENDED")
    cluster.run("scontrol", "requeuehold", jobs.ids["requeue-held"])
    cluster.run("scontrol", "requeue", jobs.ids["requeued"])
    jobs.wait("requeued", "PENDING")


def refusals(keep: Recorder) -> None:
    """Submissions that Slurm does not take."""
    for name, *options in (
        ("account", "--account=nope"),
        ("partition", "--partition=nope"),
        ("qos", "--qos=nope"),
        ("option", "--nosuch"),
        ("time", "--time=soon"),
        ("reservation", "--reservation=nope"),
        ("size", "--nodes=1", "--ntasks=16"),
    ):
        keep.keep(f"sbatch-bad-{name}", sbatch(name, *options))
    for _ in range(3):
        RUNNER.run(sbatch("limit", "--qos=limited", "--hold", "--time=5"))
    keep.keep("sbatch-limit", sbatch("limit", "--qos=limited", "--hold", "--time=5"))


def outages(keep: Recorder, cluster: SlurmCluster) -> None:
    """Commands that reach nobody: settings lead them elsewhere, as if the daemons were away."""
    config = Path(os.environ["SLURM_CONF"]).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "gres.conf").write_text("", encoding="utf-8")

        def elsewhere(**settings: str) -> Mapping[str, str]:
            text = config
            for key, value in settings.items():
                text = re.sub(rf"^{key}=.*$", f"{key}={value}", text, flags=re.MULTILINE)
            if settings["AccountingStorageType"].endswith("none"):
                text = re.sub(r"^AccountingStorage(?!Type).*\n", "", text, flags=re.MULTILINE)
            path = folder / "slurm.conf"
            path.write_text(text, encoding="utf-8")
            return {"SLURM_CONF": str(path)}

        usual = {"AccountingStorageType": "accounting_storage/slurmdbd"}
        controller = elsewhere(**usual, SlurmctldPort="1")
        keep.keep("squeue-no-controller", commands.squeue(None), **controller)
        keep.keep("sbatch-no-controller", sbatch("lost"), **controller)
        keep.keep("scancel-no-controller", commands.scancel(["1"], None), **controller)
        munge = elsewhere(**usual, AuthInfo="socket=/nonexistent/munge.socket")
        keep.keep("squeue-no-munge", commands.squeue(None), **munge)
        keep.keep("sbatch-no-munge", sbatch("lost"), **munge)
        database = elsewhere(**usual, AccountingStoragePort="1")
        keep.keep("sacct-no-database", commands.sacct(["1"], None), **database)
        bare = elsewhere(AccountingStorageType="accounting_storage/none")
        keep.keep("sacct-no-accounting", commands.sacct(["1"], None), **bare)


def main(folder: Path) -> None:
    """Makes all recordings."""
    config = Path(os.environ["SLURM_CONF"])
    cluster = SlurmCluster(config.parents[1])
    keep, jobs = Recorder(folder), Jobs(cluster)
    cluster.clear()
    preempt(jobs)
    end(cluster, jobs)
    live(cluster, jobs)
    keep.keep("squeue", commands.squeue(None))
    keep.keep("squeue-cluster", commands.squeue("slurmtest"))
    keep.keep("sacct", commands.sacct(list(jobs.ids.values()), None))
    keep.keep("sacct-cluster", commands.sacct([jobs.ids["cancelled"]], "slurmtest"))
    keep.keep("sbatch", sbatch("one", "--hold"))
    keep.keep("sbatch-cluster", sbatch("one", "--hold", "--clusters=slurmtest"))
    keep.keep("sbatch-array", sbatch("[0-2]", "--hold", "--array=0-2"))
    refusals(keep)
    keep.keep("scancel-ended", commands.scancel([jobs.ids["failed"]], None))
    keep.keep("scancel-unknown", commands.scancel(["999999"], None))
    some = [jobs.ids["failed"], jobs.ids["held"], "999999"]
    keep.keep("scancel-some", commands.scancel(some, None))
    cluster.clear()
    outages(keep, cluster)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
