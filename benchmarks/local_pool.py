"""What the local adapter adds to `xargs -P` over the same scripts.

    python benchmarks/local_pool.py --jobs 5000

Both start every script in a folder of its own, through a shell that sends its output to files and
records its exit code. The adapter makes an attempt file beside, gives each job a session, and tells its
caller of every end. Its caller keeps as many jobs with it as there are slots, as the conductor does;
with `--all-at-once` it submits everything first, and the adapter's own queue does the rest.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from maestro_adapters import Adapter, load

#: At most this part of the time of `xargs -P`, and of its processor time.
LIMIT = 1.30

#: A disk's speed is not ours to measure.
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108

#: What `xargs` starts for each folder: output to files, and the exit code on record.
RECORDER = 'cd "$0" && ./job.sh </dev/null >job.out 2>job.err; echo "$?" >code'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slots", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--shell", default="/bin/sh", help="interpreter of the scripts")
    parser.add_argument("--all-at-once", action="store_true")
    arguments = parser.parse_args()
    window = arguments.jobs if arguments.all_at_once else arguments.slots
    sides: dict[str, Callable[[list[Path]], None]] = {
        "xargs": lambda folders: with_xargs(folders, arguments.slots),
        "adapter": lambda folders: with_adapter(folders, arguments.slots, window),
    }
    load("local").close()  # what an import costs does not grow with the jobs
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    base = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    for _ in range(arguments.rounds):
        for name, run in sides.items():
            root = Path(tempfile.mkdtemp(prefix="maestro-bench-", dir=base))
            try:
                folders = list(make_scripts(root, arguments.jobs, arguments.shell))
                figures[name].append(measured(run, folders))
            finally:
                shutil.rmtree(root)
    best = {
        name: {
            "seconds": min(wall for wall, _ in rounds),
            "processor_seconds": min(processor for _, processor in rounds),
        }
        for name, rounds in figures.items()
    }
    ratios = {key: best["adapter"][key] / best["xargs"][key] for key in best["xargs"]}
    passed = all(ratio <= LIMIT for ratio in ratios.values())
    report = {
        "jobs": arguments.jobs,
        "slots": arguments.slots,
        "rounds": arguments.rounds,
        "in_flight": window,
        **{
            name: {key: round(value, 3) for key, value in figure.items()}
            for name, figure in best.items()
        },
        "ratio": {key: round(ratio, 3) for key, ratio in ratios.items()},
        "limit": LIMIT,
        "passed": passed,
    }
    print(json.dumps(report, indent=2))
    return 0 if passed else 1


def make_scripts(root: Path, count: int, shell: str) -> Iterator[Path]:
    for number in range(count):
        folder = root / str(number)
        folder.mkdir()
        script = folder / "job.sh"
        script.write_text(f"#!{shell}\n\n:\n")
        script.chmod(0o755)
        yield folder


def measured(run: Callable[[list[Path]], None], folders: list[Path]) -> tuple[float, float]:
    """Seconds on the clock, and of processor time: ours and that of all children."""
    processor, wall = processor_seconds(), time.perf_counter()
    run(folders)
    return time.perf_counter() - wall, processor_seconds() - processor


def processor_seconds() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def with_xargs(folders: list[Path], slots: int) -> None:
    argv = ["xargs", "-0", "-P", str(slots), "-n", "1", "sh", "-c", RECORDER]
    names = "\0".join(map(str, folders)).encode()
    subprocess.run(argv, input=names, check=True)
    codes = {(folder / "code").read_text() for folder in folders[:: max(1, len(folders) // 100)]}
    check(codes == {"0\n"}, f"exit codes {codes}")


def with_adapter(folders: list[Path], slots: int, window: int) -> None:
    adapter = load("local", {"slots": slots})
    waiting = iter([job_in(folder) for folder in folders])
    live: list[str] = []
    ended = 0
    submit(adapter, waiting, window, live)
    while live:
        select.select([adapter.wake_fd()], [], [])
        answers = adapter.poll(live)
        over = [
            answer for answer in answers.values() if answer["state"] not in ("PENDING", "RUNNING")
        ]
        check(all(answer["exit_code"] == 0 for answer in over), f"a job failed: {over}")
        live = [job for job in live if answers[job]["state"] in ("PENDING", "RUNNING")]
        ended += len(over)
        submit(adapter, waiting, window, live)
    adapter.close()
    check(ended == len(folders), f"{ended} of {len(folders)} jobs ended")


def submit(
    adapter: Adapter, waiting: Iterator[dict[str, Any]], window: int, live: list[str]
) -> None:
    """Fill the window."""
    jobs = [job for _, job in zip(range(window - len(live)), waiting, strict=False)]
    if jobs:
        live.extend(answer["job"] for answer in adapter.submit(jobs).values())


def job_in(folder: Path) -> dict[str, Any]:
    request = {"name": "job", "workspace": str(folder), "command": ":", "scheduled": False}
    return {
        "key": folder.name,
        "token": f"m000000000000.{folder.name}.1",
        "attempt": 1,
        "script": str(folder / "job.sh"),
        "request": request,
    }


def check(condition: bool, message: str) -> None:
    if not condition:
        sys.exit(message)


if __name__ == "__main__":
    sys.exit(main())
