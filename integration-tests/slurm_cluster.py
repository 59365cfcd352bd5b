"""A real Slurm for tests: Debian's packages, four virtual nodes, started by `slurm/up.sh`.

A test that needs it and cannot have it fails; nothing here skips.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import attrs
import pytest

from waiting import wait_until

SCRIPTS = Path(__file__).parent / "slurm"


@attrs.frozen
class SlurmCluster:
    """A running cluster; the Slurm commands of this process and its children talk to it."""

    folder: Path

    def run(self, *argv: str, check: bool = True) -> str:
        """What a command prints."""
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
        if check and done.returncode:
            raise RuntimeError(f"{argv} ended with {done.returncode}: {done.stderr}{done.stdout}")
        return done.stdout

    def pid(self, daemon: str) -> int:
        """Process id of `slurmctld`, `munged`, `slurmdbd` …"""
        return int((self.folder / "run" / f"{daemon}.pid").read_text())

    @contextlib.contextmanager
    def stopped(self, daemon: str) -> Iterator[None]:
        """An outage: the daemon hangs, as if its machine did."""
        pid = self.pid(daemon)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def hasten(self, job: str) -> None:
        """Make a job's walltime be over in a moment."""
        self.run("scontrol", "update", f"jobid={job}", "EndTime=now+1")

    def fail_node(self, node: str) -> None:
        """A node goes down with all that runs on it."""
        self.run("scontrol", "update", f"nodename={node}", "state=down", "reason=test")

    def resume_node(self, node: str) -> None:
        self.run("scontrol", "update", f"nodename={node}", "state=resume", check=False)

    def until(self, condition: Callable[[], object], what: str, patience: float = 60) -> None:
        """Wait until something holds of the cluster."""
        wait_until(condition, what, patience, interval=0.1)

    def clear(self) -> None:
        """Cancel every job, and wait until the nodes are free."""
        self.run("scancel", f"--user={os.getuid()}", check=False)
        self.until(lambda: not self.run("squeue", "-h"), "an empty queue")


def start(folder: Path, settings: Mapping[str, str]) -> SlurmCluster:
    """Start a cluster, or repair the one that is there."""
    environment = {**os.environ, "SLURM_TEST_DIR": str(folder), **settings}
    done = subprocess.run(
        ["bash", SCRIPTS / "up.sh"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the test Slurm did not start:\n{done.stdout}")
    return SlurmCluster(folder)


def stop(cluster: SlurmCluster) -> None:
    """Stop a cluster; its folder stays, so that it starts sooner the next time."""
    environment = {**os.environ, "SLURM_TEST_DIR": str(cluster.folder)}
    subprocess.run(
        ["bash", SCRIPTS / "down.sh"], env=environment, check=True, stdout=subprocess.DEVNULL
    )


@contextlib.contextmanager
def free_folder() -> Iterator[tuple[Path, int]]:
    """A folder for a cluster that no other session of tests uses now, and its first port."""
    for number in range(20):
        folder = Path(f"/tmp/maestro-slurm-{os.getuid()}-{number}")
        with folder.with_suffix(".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield folder, 27100 + 40 * number
            return
    raise RuntimeError("20 sessions of tests hold a Slurm each")


@pytest.fixture(scope="session")
def slurm_session() -> Iterator[SlurmCluster]:
    """The cluster, started for the first test that asks and stopped after the last."""
    with free_folder() as (folder, port), pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", str(folder / "etc" / "slurm.conf"))
        cluster = start(folder, {"SLURM_TEST_SPEED": "15", "SLURM_TEST_PORT": str(port)})
        try:
            yield cluster
        finally:
            stop(cluster)


@pytest.fixture
def slurm(slurm_session: SlurmCluster) -> Iterator[SlurmCluster]:
    """The cluster with nothing in its queue."""
    yield slurm_session
    slurm_session.clear()
