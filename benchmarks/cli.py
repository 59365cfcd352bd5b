"""What a person waits for at the command line, process start included.

    python benchmarks/cli.py
    python benchmarks/cli.py --instances 9001 --only summary json table

`status` is measured on studies that have finished, with a journal of three records for each instance, as a
conductor leaves it. Beside it stands what Python itself needs to start and, for the table, how long rich takes for
the same rows (with `--rich`; it takes long).

Python's bytecode is kept between the runs, as an installation keeps it, also where `PYTHONDONTWRITEBYTECODE` is set:
to compile all that is imported anew each time takes a fifth longer.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from maestro_cli.study.workspace_view import read_head
from maestro_cli.testing import T0, attempt, write_history
from maestro_conductor.model import records

#: Name → seconds that it may take at most.
LIMITS = {
    "version": 0.08,
    "table": 1.0,
    "json": 0.3,
    "summary": 0.4,
    "summary-large": 1.5,
}
WORDS = {
    "table": ["status", "--disable-pager"],
    "json": ["status", "--json"],
    "summary": ["status", "--summary"],
    "summary-large": ["status", "--summary"],
}
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108

STUDY = """\
description: {{name: chain, description: three chained steps and a funnel}}
study:
  - {{name: make, description: m, run: {{cmd: "make --size $(N)"}}}}
  - {{name: work, description: w, run: {{cmd: "work", depends: [make]}}}}
  - {{name: post, description: p, run: {{cmd: "post", depends: [work]}}}}
  - {{name: collect, description: c, run: {{cmd: "collect", depends: [post_*]}}}}
global.parameters:
  N: {{values: {values}, label: N.%%}}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--instances", type=int, default=9001)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=list(LIMITS), default=list(LIMITS))
    parser.add_argument("--rich", action="store_true", help="also the same table by rich")
    arguments = parser.parse_args()
    base = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="maestro-bench-", dir=base))
    maestro = Path(sys.executable).with_name("maestro")
    # The folder goes, and with it what an interpreter would leave beside the sources.
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    slow = []
    try:
        wall, cpu = best([sys.executable, "-c", "pass"], arguments.rounds)
        print(f"{'':16}     wall      cpu")
        print(f"{'python alone':16} {wall * 1000:5.0f} ms {cpu * 1000:5.0f} ms")
        for name in arguments.only:
            if name == "version":
                (wall, cpu), shown = best([maestro, "--version"], arguments.rounds), ""
            else:
                size = arguments.large if name.endswith("large") else arguments.instances
                root = finished_study(folder, maestro, size)
                wall, cpu = best([maestro, *WORDS[name], root], arguments.rounds)
                shown = f"{size} instances"
            limit = LIMITS[name]
            verdict = "ok" if wall <= limit else "TOO SLOW"
            print(
                f"{name:16} {wall * 1000:5.0f} ms {cpu * 1000:5.0f} ms"
                f"  of {limit * 1000:4.0f} ms  {verdict}  {shown}"
            )
            if wall > limit:
                slow.append(name)
        if arguments.rich:
            root = finished_study(folder, maestro, arguments.instances)
            print(f"table by rich      {by_rich(maestro, root) * 1000:8.0f} ms")
    finally:
        shutil.rmtree(folder)
    return 1 if slow else 0


def best(command: list[str | Path], rounds: int) -> tuple[float, float]:
    """The least wall time and the least processor time of some runs, s."""
    walls, cpus = [], []
    for number in range(rounds + 1):
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, env={**os.environ, "COLUMNS": "200"}
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{command} ended with {process.returncode}")
        if number:  # the first one leaves its bytecode to the others
            walls.append(time.perf_counter() - begun)
            cpus.append(used.ru_utime + used.ru_stime)
    return min(walls), min(cpus)


def finished_study(folder: Path, maestro: Path, instances: int) -> Path:
    """A study of that many instances whose journal says that all have finished."""
    root = folder / str(instances)
    if root.exists():
        return root
    study = folder / "study.yaml"
    study.write_text(STUDY.format(values=list(range((instances - 1) // 3))), encoding="utf-8")
    command = [maestro, "--no-logstdout", "run", "-n", "-o", root, study]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    number = read_head(root)[0]["instances"]
    past = [record for index in range(number) for record in attempt(index, "FINISHED", 0)]
    end = T0 + 1000 * number + 90_500
    return write_history(
        root, [*past, records.ended(end, "FINISHED", 0), records.closed(end, "ended")]
    )


def by_rich(maestro: Path, root: Path) -> float:
    """Seconds that rich's table of the same rows takes."""
    import csv

    from rich.console import Console
    from rich.table import Table

    done = subprocess.run(
        [maestro, "status", "--csv", root], capture_output=True, text=True, check=True
    )
    rows = list(csv.reader(done.stdout.splitlines()))
    begun = time.perf_counter()
    table = Table()
    for name in rows[0]:
        table.add_column(name, overflow="fold")
    for row in rows[1:]:
        table.add_row(*row)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        Console(file=nowhere, width=200).print(table)
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
