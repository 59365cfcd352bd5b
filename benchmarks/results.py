"""What it costs to collect results: of 100 000 instances, each with a JSON file and a log.

    python benchmarks/results.py
    python benchmarks/results.py --format parquet

Files are warm: they were just written. Time is processor time, memory the largest of the process, both
of a process of its own that does nothing else. Beside it, the loop that people write by hand: open,
`json.load`, and a line of CSV.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from expansion_study import scratch, verdict

from maestro_conductor.journal import JournalWriter
from maestro_conductor.model import records
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.paths import JOURNAL
from maestro_conductor.workspace.run_file import read_run

#: s, MB.
TIME_LIMIT, MEMORY_LIMIT = 20.0, 300.0
RESULTS = [
    {
        "file": "out.json",
        "keys": [["energy", "energy.total"], ["steps", "steps"], ["unit", "unit"]],
    },
    {"file": "run.log", "pattern": r"residual\s*=\s*(?P<residual>\S+)"},
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--instances", type=int, default=100_000)
    parser.add_argument("--format", default="csv", choices=["csv", "json", "sqlite", "parquet"])
    parser.add_argument("--tokens", action="store_true", help="each file is called otherwise")
    arguments = parser.parse_args()
    with scratch() as root:
        alone(make_study, root, arguments.instances, arguments.tokens)
        by_hand, _ = alone(loop, root, arguments.instances, arguments.tokens)
        seconds, peak = alone(collect, root, arguments.format)
    print(
        f"{arguments.instances} instances; by hand {by_hand:.1f} s, {seconds / by_hand:.1f} times that"
    )
    kept = [
        verdict(f"results, {arguments.format}", seconds, TIME_LIMIT, "s"),
        verdict("memory", peak, MEMORY_LIMIT, "MB"),
    ]
    return 0 if all(kept) else 1


def alone(measure: Callable[..., Any], *arguments: Any) -> Any:
    """Measure in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, arguments)


def make_study(root: Path, count: int, tokens: bool) -> None:
    plain = dict(RESULTS[0], file="{N}.json") if tokens else RESULTS[0]
    commands = [f"./run --size {row} > out.json" for row in range(count)]
    make_workspace(root, [StepPlan("run", commands, results=[plain, RESULTS[1]])])
    journal = JournalWriter.create(root / JOURNAL, read_run(root).study_id, count)
    for first in range(0, count, 1000):
        some = range(first, min(first + 1000, count))
        intents = [records.IntentRow(i, 1, f"m3f9a0c2d71e8.{i}.1", "first", "main") for i in some]
        journal.add(records.intent(1_000, intents))
        journal.add(
            records.submitted(1_000, [records.SubmittedRow(i, 1, str(i), "RUNNING") for i in some])
        )
        journal.add(
            records.state(2_000, [records.StateRow(i, 1, "FINISHED", 2_000, 0) for i in some])
        )
    journal.add(records.ended(3_000, "FINISHED", 0))
    journal.flush()
    journal.close()
    log = "".join(f"step {n} residual = {1 / (n + 1)}\n" for n in range(20))
    for row in range(count):
        folder = root / f"run/N.{row}"
        folder.mkdir(parents=True)
        found = {"energy": {"total": -1.5 * row, "kinetic": 2.5}, "steps": row, "unit": "eV"}
        (folder / (f"{row}.json" if tokens else "out.json")).write_text(json.dumps(found))
        (folder / "run.log").write_text(log)


def loop(root: Path, count: int, tokens: bool) -> tuple[float, float]:
    begun = time.process_time()
    with (root / "by_hand.csv").open("w", newline="") as output:
        writer = csv.writer(output)
        for row in range(count):
            with (root / f"run/N.{row}" / (f"{row}.json" if tokens else "out.json")).open() as file:
                found = json.load(file)
            writer.writerow([row, found["energy"]["total"], found["steps"], found["unit"]])
    return time.process_time() - begun, 0.0


def collect(root: Path, form: str) -> tuple[float, float]:
    begun = time.process_time()
    from maestro_cli import app

    with contextlib.redirect_stdout(io.StringIO()):
        code = app.main(["results", str(root), "-o", str(root / f"all.{form}")])
    seconds = time.process_time() - begun
    if code:
        sys.exit(f"maestro results ended with {code}")
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
