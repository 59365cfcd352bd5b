"""What the expansion alone costs: a spec and a table in, a whole graph file out.

    python benchmarks/expansion.py --instances 100000

Each round is a process of its own, and its figures are those of the whole process: start, reading the
spec, expansion, and every record of `graph.msgpack` written. Reading the YAML is not in it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from expansion_study import measured, scratch, verdict, write_study

import maestro_spec

#: s, and MB.
TIME_LIMIT, MEMORY_LIMIT = 3.0, 300.0

EXPAND = """
import sys
from maestro_graph import expand, read_spec, write_graph
graph = expand(read_spec(sys.argv[1]), root="/w")
write_graph(graph, sys.argv[2])
assert len(graph.instances) == int(sys.argv[3])
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--instances", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    rows = (arguments.instances - 1) // 3
    with scratch() as folder:
        spec = folder / "spec.msgpack"
        maestro_spec.write_spec(maestro_spec.load(write_study(folder, rows)), spec)
        command: list[str | Path] = [sys.executable, "-c", EXPAND, spec, folder / "graph.msgpack"]
        costs = [measured([*command, str(3 * rows + 1)], folder) for _ in range(arguments.rounds)]
    best = min(costs, key=lambda cost: cost.elapsed)
    print(f"{3 * rows + 1} instances, best of {arguments.rounds} rounds,", end=" ")
    print(f"{best.processor:.2f} s of processor time")
    kept = [
        verdict("time", best.elapsed, TIME_LIMIT, "s"),
        verdict("memory", best.memory, MEMORY_LIMIT, "MB"),
    ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
