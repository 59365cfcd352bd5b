"""The fault matrix: every class of faults, each tried many times, and a table of what held.

Usage: matrix.py [--tries N | --full] [--seed S] [--only CLASS ...] [--jobs N] [--json]

A class is a module in this folder with a function ``attempt(chance, folder)`` that makes one try:
``chance`` is a `random.Random` from which everything is drawn, ``folder`` an empty folder of its own.
It returns None if all that is promised held, and else what was violated. Its constants ``NAME`` and
``INJECTED`` stand in the table. Try i of a run has the seed S + i, so any of them can be repeated.

The exit code is 0 if nothing was violated, 1 otherwise, 64 if the command line makes no sense.
"""

from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import attrs

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

#: Tries of each class with ``--full``, and without any option.
FULL, FEW = 100, 5
#: Violations of a class below the table, and characters of each; ``--json`` has all.
_MOST, _LONGEST = 10, 1500


@attrs.frozen
class FaultClass:
    """A class of faults: a module of this folder."""

    word: str
    name: str
    injected: str


@attrs.frozen
class Violation:
    """What did not hold in a try.

    Attributes:
        word: of the class.
        seed: of the try.
        what: was violated.
    """

    word: str
    seed: int
    what: str

    @property
    def command(self) -> str:
        return f"{_program()} --only {self.word} --seed {self.seed} --tries 1"


@attrs.frozen
class Row:
    """A line of the table."""

    kind: FaultClass
    tries: int
    violations: list[Violation]

    @property
    def held(self) -> int:
        return self.tries - len(self.violations)


def classes() -> list[FaultClass]:
    """All classes, by their words."""
    found = []
    for path in sorted(HERE.glob("*.py")):
        # Others of this folder are programs, or shared by the classes.
        if "\ndef attempt(" in path.read_text(encoding="utf-8"):
            module = importlib.import_module(f"faults.{path.stem}")
            found.append(FaultClass(path.stem, module.NAME, module.INJECTED))
    return found


def make_try(word: str, seed: int) -> str | None:
    """One try; None: all held."""
    module = importlib.import_module(f"faults.{word}")
    # Short, and open to other users, as whom some classes run.
    folder = Path(tempfile.mkdtemp(prefix="fm-"))
    folder.chmod(0o755)
    try:
        violated: str | None = module.attempt(random.Random(f"{word} {seed}"), folder)  # noqa: S311
    except Exception:
        violated = f"the try itself failed: {traceback.format_exc()}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return violated


def run(kinds: Sequence[FaultClass], tries: int, seed: int, jobs: int) -> Iterator[Row]:
    """Try all classes; gives a row for each as soon as all its tries are made."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        for kind in kinds:
            asked = {
                pool.submit(make_try, kind.word, number): number
                for number in range(seed, seed + tries)
            }
            told = {asked[done]: done.result() for done in as_completed(asked)}
            found = [
                Violation(kind.word, number, what)
                for number, what in sorted(told.items())
                if what is not None
            ]
            yield Row(kind, tries, found)


def table(rows: Sequence[Row]) -> str:
    """In Markdown, and below it what was violated."""
    lines = [
        "| class | what is injected | tries | held | violations |",
        "|---|---|---|---|---|",
        *(
            f"| {row.kind.name} | {row.kind.injected} | {row.tries} | {row.held} "
            f"| {len(row.violations)} |"
            for row in rows
        ),
    ]
    for row in rows:
        for violation in row.violations[:_MOST]:
            lines += ["", f"{violation.word}, seed {violation.seed}: {violation.what[:_LONGEST]}"]
            lines += [f"    {violation.command}"]
        if len(row.violations) > _MOST:
            lines += ["", f"{row.kind.word}: {len(row.violations) - _MOST} more; --json has them"]
    return "\n".join(lines)


def as_json(rows: Sequence[Row]) -> str:
    """One list, an object for each class."""
    return json.dumps(
        [
            {
                "class": row.kind.word,
                "name": row.kind.name,
                "injected": row.kind.injected,
                "tries": row.tries,
                "held": row.held,
                "violations": [
                    {"seed": violation.seed, "what": violation.what, "repeat": violation.command}
                    for violation in row.violations
                ],
            }
            for row in rows
        ],
        indent=2,
    )


def _program() -> str:
    path = Path(__file__).resolve()
    with_folder = path.relative_to(HERE.parent.parent)
    return f"python {with_folder}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Inject faults of every class, and print how often all that is promised held."
    )
    count = parser.add_mutually_exclusive_group()
    count.add_argument("--tries", type=int, default=FEW, help=f"of each class (default: {FEW})")
    count.add_argument("--full", action="store_const", const=FULL, dest="tries", help=f"{FULL}")
    parser.add_argument("--seed", type=int, default=1, help="of the first try (default: 1)")
    parser.add_argument("--only", nargs="+", metavar="CLASS", help="words of classes")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="tries at once")
    parser.add_argument("--json", action="store_true")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    known = {kind.word: kind for kind in classes()}
    chosen = options.only or list(known)
    unknown = sorted(set(chosen) - known.keys())
    if unknown or options.tries < 1 or options.jobs < 1:
        why = f"no class {', '.join(unknown)}; there are {', '.join(known)}" if unknown else ""
        print(f"matrix.py: {why or 'at least one try, and one at once'}", file=sys.stderr)
        return 64
    rows = []
    for row in run([known[word] for word in chosen], options.tries, options.seed, options.jobs):
        print(f"{row.kind.word}: {row.held} of {row.tries} held", file=sys.stderr, flush=True)
        rows.append(row)
    print(as_json(rows) if options.json else table(rows))
    return 1 if any(row.violations for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
