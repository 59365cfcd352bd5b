"""What it costs to plan an amendment: a study of 100 000 instances, amended by one row.

    python benchmarks/amend_plan.py

Three chained steps for each row, and a funnel; all have finished. Time is processor time, memory the
largest of the process, both of a process of its own that does nothing else.
"""

from __future__ import annotations

import argparse
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
from maestro_conductor.testing import StepPlan, make_amendment, make_workspace
from maestro_conductor.workspace.paths import JOURNAL
from maestro_conductor.workspace.run_file import read_run

#: s, MB.
TIME_LIMIT, MEMORY_LIMIT = 5.0, 300.0
AMENDMENT = "0123456789ab"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--instances", type=int, default=100_000)
    arguments = parser.parse_args()
    rows = arguments.instances // 3
    with scratch() as root:
        alone(make_study, root, rows)
        seconds, peak, counts = alone(plan, root)
    print(f"{3 * rows + 1} instances, amended by one row in the middle: {counts}")
    kept = [
        verdict("a plan", seconds, TIME_LIMIT, "s"),
        verdict("memory", peak, MEMORY_LIMIT, "MB"),
    ]
    right = counts == {"kept": 3 * rows, "changed": 0, "again": 1, "new": 3, "gone": 0}
    return 0 if all(kept) and right else 1


def alone(measure: Callable[..., Any], *arguments: Any) -> Any:
    """Measure in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, arguments)


def study(root: Path, rows: list[int]) -> list[StepPlan]:
    def commands(step: str, before: str) -> list[str]:
        return [
            f"cat {root}/{before}/N.{row}/out.txt > in\necho {row} $(date +%s) > out.txt\n"
            f"for each in $(seq {row % 7}); do ./{step} --size {row} --in in >> out.txt; done\n"
            for row in rows
        ]

    return [
        StepPlan("prepare", commands("prepare", "data"), rows=rows),
        StepPlan("run", commands("run", "prepare"), needs=["prepare"], rows=rows),
        StepPlan("post", commands("post", "run"), needs=["run"], rows=rows),
        StepPlan("gather", [f"cat {root}/post/*/out.txt > all.txt"], funnels=["post"]),
    ]


def make_study(root: Path, count: int) -> None:
    rows = list(range(count))
    make_workspace(root, study(root, rows))
    middle = count // 2
    amended = [*rows[:middle], count, *rows[middle:]]
    make_amendment(root, study(root, amended), AMENDMENT)
    size = 3 * count + 1
    journal = JournalWriter.create(root / JOURNAL, read_run(root).study_id, size)
    for first in range(0, size, 1000):
        some = range(first, min(first + 1000, size))
        token = "m3f9a0c2d71e8.{}.1".format
        intents = [records.IntentRow(i, 1, token(i), "first", "main") for i in some]
        journal.add(records.intent(1_000, intents))
        submitted = [records.SubmittedRow(i, 1, str(i), "RUNNING") for i in some]
        journal.add(records.submitted(1_000, submitted))
        ends = [records.StateRow(i, 1, "FINISHED", 2_000, 0) for i in some]
        journal.add(records.state(2_000, ends))
    journal.add(records.ended(3_000, "FINISHED", 0))
    journal.flush()
    journal.close()


def plan(root: Path) -> tuple[float, float, dict[str, int]]:
    begun = time.process_time()
    from maestro_conductor.app.amend_planning import Planning

    found = Planning(root).plan(root / ".maestro/amendments" / AMENDMENT)
    seconds = time.process_time() - begun
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, found.counts


if __name__ == "__main__":
    sys.exit(main())
