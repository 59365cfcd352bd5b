"""What the Slurm adapter adds to `sbatch` and `squeue`, measured on a Slurm of its own.

    python benchmarks/slurm_submission.py

It starts the test Slurm (`integration-tests/slurm/up.sh`), or takes the one that SLURM_CONF names. It prints
the time of 200 `sbatch` one after another, of 200 equal jobs and of 200 different ones through the adapter,
as parts of the first, and what a poll of 1 000 jobs costs this process.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import attrs

from maestro_adapters.batch.adapter import BatchAdapter, make_adapter
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.process.runner import Call, CommandRunner, Result
from maestro_adapters.slurm import commands
from maestro_adapters.slurm.adapter import SlurmScheduler, create

SCRIPTS = Path(__file__).parent.parent / "integration-tests" / "slurm"

#: At most these parts of the time of `sbatch` one after another, and seconds of our CPU.
LIMITS = {"equal": 0.15, "different": 0.6, "poll_cpu": 0.050}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--poll", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="maestro-bench-", dir="/dev/shm") as folder, slurm():
        report = measure(Path(folder), arguments.jobs, arguments.rounds, arguments.poll)
    print(json.dumps(report, indent=2))
    return 0 if report["passed"] else 1


@contextlib.contextmanager
def slurm() -> Iterator[None]:
    """A Slurm to measure with."""
    if "SLURM_CONF" in os.environ:
        yield
        return
    # In a place of few characters: the paths of its sockets are limited.
    folder = Path(tempfile.gettempdir()) / f"maestro-slurm-{os.getuid()}-bench"
    settings = {"SLURM_TEST_DIR": str(folder), "SLURM_TEST_PORT": "27060"}
    environment = {**os.environ, **settings}
    subprocess.run(
        ["bash", SCRIPTS / "up.sh"], env=environment, check=True, stdout=subprocess.DEVNULL
    )
    os.environ["SLURM_CONF"] = str(folder / "etc" / "slurm.conf")
    try:
        yield
    finally:
        subprocess.run(
            ["bash", SCRIPTS / "down.sh"], env=environment, check=True, stdout=subprocess.DEVNULL
        )


def measure(folder: Path, count: int, rounds: int, polled: int) -> dict[str, Any]:
    """All figures; the best of the rounds of each, as other work of the machine only adds."""
    times: dict[str, list[float]] = {"sequential": [], "equal": [], "different": []}
    for number in range(rounds):
        times["sequential"].append(timed(lambda: sequential(folder, count)))
        clear()
        for kind in ("equal", "different"):
            adapter = create({"array": kind == "equal"})
            jobs = make_jobs(adapter, folder / f"{kind}-{number}", count, kind)
            adapter.submit(jobs[:2])  # asks the site's settings once
            clear()
            times[kind].append(timed(lambda a=adapter, j=jobs: check(a.submit(j))))  # type: ignore[misc]
            clear()
    best = {kind: min(values) for kind, values in times.items()}
    poll = measure_poll(folder, polled)
    figures = {
        "equal": best["equal"] / best["sequential"],
        "different": best["different"] / best["sequential"],
        "poll_cpu": poll["cpu"],
    }
    return {
        "jobs": count,
        "seconds": {kind: round(value, 3) for kind, value in best.items()},
        "parts": {kind: round(figures[kind], 3) for kind in ("equal", "different")},
        "poll": {key: round(value, 4) for key, value in poll.items()},
        "limits": LIMITS,
        "passed": all(figures[kind] <= LIMITS[kind] for kind in LIMITS) and poll["commands"] == 1,
    }


def timed(action: Callable[[], object]) -> float:
    before = time.perf_counter()
    action()
    return time.perf_counter() - before


def sequential(folder: Path, count: int) -> None:
    """What a loop of a shell script would do: one `sbatch` after another."""
    script = folder / "plain.sh"
    script.write_text("#!/bin/sh\n#SBATCH --hold\n#SBATCH --output=/dev/null\ntrue\n")
    for _ in range(count):
        subprocess.run(["sbatch", "--parsable", script], check=True, stdout=subprocess.DEVNULL)


def make_jobs(adapter: BatchAdapter, folder: Path, count: int, kind: str) -> list[dict[str, Any]]:
    """Held jobs, so that what runs does not disturb what is measured."""
    jobs = []
    for number in range(count):
        workspace = folder / str(number)
        workspace.mkdir(parents=True)
        request = {
            "name": f"step-{number}",
            "description": "a step of the benchmark",
            "workspace": str(workspace),
            "command": "true",
            "procs": 1,
            "walltime": "10" if kind == "equal" else str(10 + number),
            "allocation_args": {"hold": None},
        }
        text = adapter.render(request)
        script = workspace / text["script_name"]
        script.write_text(text["script"])
        jobs.append(
            {
                "key": str(number),
                "token": f"m0123456789ab.{number}.1",
                "attempt": 1,
                "script": str(script),
                "request": request,
                "prepared": text["prepared"],
            }
        )
    return jobs


def check(answers: dict[str, dict[str, Any]]) -> list[str]:
    """The ids of jobs that were all accepted."""
    errors = [answer for answer in answers.values() if "error" in answer]
    if errors:
        raise SystemExit(f"{len(errors)} submissions failed: {errors[0]['error']}")
    return [answer["job"] for answer in answers.values()]


@attrs.frozen(slots=False)
class CountingRunner(CommandRunner):
    """Counts the commands."""

    count: ClassVar[int] = 0

    def run(self, call: Call) -> Result:
        """Run one."""
        type(self).count += 1
        return super().run(call)


def measure_poll(folder: Path, count: int) -> dict[str, float]:
    """Commands, CPU seconds of this process and wall seconds of one poll of many jobs."""
    options = AdapterOptions(array=True)
    runner = CountingRunner(environment=commands.environment)
    adapter = make_adapter(SlurmScheduler(options, runner), options)
    ids = check(adapter.submit(make_jobs(adapter, folder / "poll", count, "equal")))
    CountingRunner.count = 0
    cpu, wall = [], []
    for _ in range(5):
        started, spent = time.perf_counter(), time.process_time()
        answers = adapter.poll(ids)
        cpu.append(time.process_time() - spent)
        wall.append(time.perf_counter() - started)
        if {answer["state"] for answer in answers.values()} != {"PENDING"}:
            raise SystemExit("a held job is not pending")
    clear()
    return {
        "jobs": count,
        "commands": CountingRunner.count / 5,
        "cpu": statistics.median(cpu),
        "wall": statistics.median(wall),
    }


def clear() -> None:
    """Empty the queue."""
    subprocess.run(["scancel", f"--user={os.getuid()}"], check=True)
    while subprocess.run(["squeue", "-h"], check=True, capture_output=True).stdout:
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
