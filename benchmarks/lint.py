"""What the linter costs: to import it, and to read and check a study with many values.

    python benchmarks/lint.py --values 10000 --parameters 4

Each figure is that of a whole process, the interpreter's start included.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

from expansion_study import measured, scratch, verdict

#: s.
IMPORT_LIMIT, CHECK_LIMIT = 0.15, 1.0

CHECK = """
import sys
from pathlib import Path
from maestro_spec import check, load
assert check(load(Path(sys.argv[1]))) == []
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--values", type=int, default=10_000)
    parser.add_argument("--parameters", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with scratch() as folder:
        study = write_study(folder, arguments.parameters, arguments.values)
        commands: list[tuple[str, list[str | Path], float]] = [
            ("import maestro_spec", [sys.executable, "-c", "import maestro_spec"], IMPORT_LIMIT),
            ("read and check", [sys.executable, "-c", CHECK, study], CHECK_LIMIT),
        ]
        kept = []
        for name, command, limit in commands:
            times = [measured(command, folder).elapsed for _ in range(arguments.rounds)]
            kept.append(verdict(f"{name}, median", statistics.median(times), limit, "s"))
    return 0 if all(kept) else 1


def write_study(folder: Path, parameters: int, values: int) -> Path:
    """A study with so many parameters of so many values each."""
    names = [f"P{number}" for number in range(parameters)]
    path = folder / "study.yaml"
    lines = [
        "description: {name: many, description: many values}",
        "study:",
        f"  - {{name: a, description: d, run: {{cmd: echo {' '.join(f'$({n})' for n in names)}}}}}",
        "global.parameters:",
    ]
    for name in names:
        lines.append(f"  {name}:\n    label: {name}.%%\n    values:")
        lines += [f"      - {value}" for value in range(values)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    sys.exit(main())
