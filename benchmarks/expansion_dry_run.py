"""What `maestro run --dry` costs beside the oracle, and how its cost grows.

    python benchmarks/expansion_dry_run.py

The oracle (maestrowf 1.2.1) runs the same study in a process of its own, its second of sleep per level
patched out. It is made on demand; MAESTRO_ORACLE_PYTHON names one that is there.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from expansion_study import Cost, bare_loop, instances, measured, scratch, verdict, write_study

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "integration-tests"))
from oracle import oracle_python

#: Of the oracle's processor time; from a study to one with ten times as many instances.
RATIO_LIMIT, GROWTH_LIMIT = 0.2, 11.0

#: The oracle's own command, without its sleep.
ORACLE = """
import sys, maestrowf.conductor, maestrowf.maestro
maestrowf.conductor.sleep = lambda seconds: None
sys.argv[0] = "maestro"
sys.exit(maestrowf.maestro.main())
"""
OURS = "import sys; from maestro_cli.app import main; sys.exit(main())"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=3000, help="combinations of the small study")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--no-growth", action="store_true", help="only the small study")
    arguments = parser.parse_args()
    rows = arguments.rows
    kept = beside_the_oracle(rows, arguments.rounds)
    if not arguments.no_growth:
        kept += growth(rows, arguments.rounds)
    return 0 if all(kept) else 1


def beside_the_oracle(rows: int, rounds: int) -> list[bool]:
    oracle = oracle_python()
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(dry_run([oracle, "-c", ORACLE], rows).processor)
        ours.append(dry_run([sys.executable, "-c", OURS], rows).processor)
    print(f"{instances(rows)} instances: {min(ours):.2f} s of processor time,", end=" ")
    print(f"the oracle {min(theirs):.2f} s, best of {rounds} rounds each")
    return [verdict("part of the oracle's", min(ours) / min(theirs), RATIO_LIMIT, "")]


def growth(rows: int, rounds: int) -> list[bool]:
    net, memory = [], []
    for size in (rows, 10 * rows):
        costs = [dry_run([sys.executable, "-c", OURS], size) for _ in range(rounds)]
        loop = min(bare_loop(size) for _ in range(rounds))
        best = min(cost.processor for cost in costs)
        net.append(best - loop)
        memory.append(min(cost.memory for cost in costs))
        print(f"{instances(size)} instances: {best:.2f} s of processor time,", end=" ")
        print(f"a bare loop {loop:.2f} s, {memory[-1]:.0f} MB")
    return [
        verdict("growth of the time, net of the loop", net[1] / net[0], GROWTH_LIMIT, "-fold"),
        verdict("growth of the memory", memory[1] / memory[0], GROWTH_LIMIT, "-fold"),
    ]


def dry_run(program: list[str | Path], rows: int) -> Cost:
    with scratch() as folder:
        study = write_study(folder, rows)
        options: list[str | Path] = ["run", "--dry", "-fg", "-y", "-o", folder / "out", study]
        cost = measured([*program, *options], folder)
        scripts = sum(1 for _ in (folder / "out" / "post").glob("*/*.sh"))
        assert scripts == rows, f"{scripts} scripts of {rows}"
        return cost


if __name__ == "__main__":
    sys.exit(main())
