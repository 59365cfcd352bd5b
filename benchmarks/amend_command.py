"""What `maestro amend` costs, all of it: a study of 100 000 instances, amended by one row.

    python benchmarks/amend_command.py

Three chained steps for each row of a CSV file, and a funnel; all have finished, and no conductor runs.
Processor time and memory are those of the command, interpreter and imports included.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

from expansion_study import Cost, instances, measured, scratch, verdict

from maestro_cli.testing import T0, attempt, write_history
from maestro_conductor.model import records

#: s, MB.
TIME_LIMIT, MEMORY_LIMIT = 5.0, 300.0
OPTIONS = {"only shown": "--dry-run", "amended": "-y"}
MAESTRO = Path(sys.executable).with_name("maestro")

STUDY = """\
description:
    name: wide
    description: Three chained steps for each row, and one that gathers.

env:
    variables:
        TOOL: /opt/tool
    labels:
        RESULT: result_$(SIZE).txt

study:
    - name: prepare
      description: Prepare $(SIZE).
      run:
          cmd: |
              $(TOOL)/prepare --size $(SIZE) --rate $(RATE) --out $(RESULT)
              for each in $(seq 3); do sha256sum $(RESULT) >> sums; done
    - name: run
      description: Run $(SIZE).
      run:
          cmd: |
              cat $(prepare.workspace)/$(RESULT) > in
              $(TOOL)/run --in in --rate $(RATE) --label $(RATE.label) > $(RESULT)
          depends: [prepare]
    - name: post
      description: Look at $(SIZE).
      run:
          cmd: |
              wc -l $(run.workspace)/$(RESULT) > $(RESULT)
              $(TOOL)/post --before $(run.workspace) $(prepare.workspace) >> $(RESULT)
          depends: [run]
    - name: gather
      description: Gather all.
      run:
          cmd: |
              cat $(post.workspace)/*/result_* > all.txt
          depends: [post_*]

global.parameters:
    csv:
        csv: table.csv
        labels: {SIZE: SIZE.%%, RATE: RATE.%%}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--instances", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    rows = list(range((arguments.instances - 1) // 3))
    kept = []
    with scratch() as folder:
        root = make_study(folder, rows)
        print(f"{instances(len(rows))} instances, amended by one row in the middle,", end=" ")
        print(f"best of {arguments.rounds} rounds each")
        write_table(folder, [*rows[: len(rows) // 2], len(rows), *rows[len(rows) // 2 :]])
        for what, option in OPTIONS.items():
            costs = [amend(folder, root, option) for _ in range(arguments.rounds)]
            best = min(costs, key=lambda cost: cost.processor)
            kept += [
                verdict(f"{what}, time", best.processor, TIME_LIMIT, "s"),
                verdict(f"{what}, memory", best.memory, MEMORY_LIMIT, "MB"),
            ]
    return 0 if all(kept) else 1


def make_study(folder: Path, rows: list[int]) -> Path:
    """Make a study all of whose instances have finished."""
    root = folder / "out"
    (folder / "study.yaml").write_text(STUDY)
    write_table(folder, rows)
    command = [MAESTRO, "run", "-n", "-o", root, folder / "study.yaml"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    size = instances(len(rows))
    end = T0 + 1000 * size + 90_500
    past = [record for index in range(size) for record in attempt(index, "FINISHED", 0)]
    return write_history(
        root, [*past, records.ended(end, "FINISHED", 0), records.closed(end, "ended")]
    )


def write_table(folder: Path, rows: list[int]) -> None:
    lines = [f"{row},{row * 0.25}\n" for row in rows]
    (folder / "table.csv").write_text("SIZE,RATE\n" + "".join(lines))


def amend(folder: Path, root: Path, option: str) -> Cost:
    copy = shutil.copytree(root, folder / "copy")
    cost = measured([MAESTRO, "amend", option, copy], folder)
    shutil.rmtree(copy)
    said = (folder / "log").read_text()
    assert re.search(r"changed 0 .* again 1 \(after a new one\) .* new 3 .* gone 0", said), said
    return cost


if __name__ == "__main__":
    sys.exit(main())
