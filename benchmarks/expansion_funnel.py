"""What it costs that every instance of a step waits for all instances of another.

    python benchmarks/expansion_funnel.py --rows 3000

3 000 instances behind 3 000 are nine million edges, one by one, and one group edge as they are kept. The same
study without the dependency stands beside it. Each round is a process of its own, which reads the spec,
expands it, writes the graph file and reads it again as the conductor does.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

from expansion_study import measured, scratch, verdict

import maestro_spec

#: Times the study without the dependency: processor time, memory, size of the file.
TIME_LIMIT, MEMORY_LIMIT, SIZE_LIMIT = 1.2, 1.2, 1.1

STUDY = """\
description: {{name: behind, description: a parameterised step behind a funnel}}
study:
  - {{name: first, description: f, run: {{cmd: "echo $(N) > out"}}}}
  - {{name: second, description: s, run: {{cmd: "cat $(N)", depends: {depends}}}}}
global.parameters:
  N: {{values: {values}, label: N.%%}}
"""
EXPAND = """
import sys
from pathlib import Path
import maestro_conductor.workspace.graph_file as graph_view
from maestro_graph import expand, read_spec, write_graph
spec, workspace, instances = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
(workspace / ".maestro").mkdir(exist_ok=True)
write_graph(expand(read_spec(spec), root="/w"), workspace / ".maestro" / "graph.msgpack")
assert len(graph_view.read_graph(workspace)) == instances
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=3000, help="instances of each step")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with scratch() as folder:
        alone = cost(folder, "[]", arguments.rows, arguments.rounds)
        behind = cost(folder, "[first_*]", arguments.rows, arguments.rounds)
    print(
        f"{arguments.rows} instances behind {arguments.rows}, medians of {arguments.rounds} rounds:"
    )
    print(
        f"{behind[0]:.3f} s of processor time, {behind[1]:.0f} MB, a graph file of {behind[2]} bytes"
    )
    limits = (TIME_LIMIT, MEMORY_LIMIT, SIZE_LIMIT)
    names = ("processor time", "memory", "graph file")
    kept = [
        verdict(f"{name}, times that without the funnel", with_it / without, limit, "")
        for name, with_it, without, limit in zip(names, behind, alone, limits, strict=True)
    ]
    return 0 if all(kept) else 1


def cost(folder: Path, depends: str, rows: int, rounds: int) -> tuple[float, float, int]:
    """Medians of processor time (s) and memory (MB), and the graph file's size in bytes."""
    study = folder / "study.yaml"
    study.write_text(STUDY.format(depends=depends, values=list(range(rows))), encoding="utf-8")
    spec = folder / "spec.msgpack"
    maestro_spec.write_spec(maestro_spec.load(study), spec)
    command: list[str | Path] = [sys.executable, "-c", EXPAND, spec, folder, str(2 * rows)]
    costs = [measured(command, folder) for _ in range(rounds)]
    return (
        statistics.median(each.processor for each in costs),
        statistics.median(each.memory for each in costs),
        (folder / ".maestro" / "graph.msgpack").stat().st_size,
    )


if __name__ == "__main__":
    sys.exit(main())
