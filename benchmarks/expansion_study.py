"""The study of the expansion's benchmarks: N combinations × 3 chained steps, and a funnel."""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: A disk's speed is not ours to measure.
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108

STUDY = """\
description:
    name: wide
    description: Three chained steps for each combination, and one that gathers.

env:
    variables:
        OUTPUT_PATH: ./out
    labels:
        RESULT: result_$(SIZE).txt

study:
    - name: prepare
      description: Prepare $(SIZE).
      run:
          cmd: |
              echo $(SIZE) $(RATE) > $(RESULT)
    - name: run
      description: Run $(SIZE).
      run:
          cmd: |
              cat $(prepare.workspace)/$(RESULT) > in
              echo $(date +%s) $(RATE.label) > $(RESULT)
          depends: [prepare]
    - name: post
      description: Look at $(SIZE).
      run:
          cmd: |
              wc -l $(run.workspace)/$(RESULT) > $(RESULT)
          depends: [run]
    - name: gather
      description: Gather all.
      run:
          cmd: |
              cat $(post.workspace)/*/result_* > all.txt
          depends: [post_*]

global.parameters:
    SIZE:
        values: [{sizes}]
        label: SIZE.%%
    RATE:
        values: [{rates}]
        label: RATE.%%
"""


@dataclass
class Cost:
    """What a process needed.

    Attributes:
        processor: s of processor time, its children's included.
        elapsed: s of wall time.
        memory: MB of memory at most, of the largest of its processes.
    """

    processor: float
    elapsed: float
    memory: float


def write_study(folder: Path, rows: int) -> Path:
    """Write the study with this many combinations; return its file."""
    path = folder / f"wide_{rows}.yaml"
    sizes = ", ".join(map(str, range(rows)))
    rates = ", ".join(str(row * 0.25) for row in range(rows))
    path.write_text(STUDY.format(sizes=sizes, rates=rates))
    return path


def instances(rows: int) -> int:
    return 3 * rows + 1


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in memory, where there is one."""
    base = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="maestro-bench-", dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measured(command: list[str | Path], folder: Path) -> Cost:
    """Run a command to its end and tell what it cost."""
    log = folder / "log"
    started = time.perf_counter()
    with log.open("wb") as stream:
        pid = os.posix_spawnp(
            command[0],
            list(map(str, command)),
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, stream.fileno(), 1),
                (os.POSIX_SPAWN_DUP2, stream.fileno(), 2),
            ],
        )
    _, status, usage = os.wait4(pid, 0)
    elapsed = time.perf_counter() - started
    if status:
        sys.exit(f"{command} failed:\n{log.read_text()[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, elapsed, usage.ru_maxrss / 1024)


def bare_loop(rows: int) -> float:
    """Create as many folders with a script each, and nothing else; return processor seconds."""
    with scratch() as folder:
        before = _processor_time()
        text = b"#!/bin/bash\n\necho x\n" * 4
        for step in ("prepare", "run", "post"):
            for row in range(rows):
                place = f"{folder}/{step}/SIZE.{row}.RATE.{row * 0.25}"
                os.makedirs(place)  # noqa: PTH103 -- a Path would cost more than what it makes
                path = f"{place}/{step}.sh"
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
                descriptor = os.open(path, flags, 0o755)
                os.write(descriptor, text)
                os.close(descriptor)
        return _processor_time() - before


def _processor_time() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def verdict(name: str, measured_as: float, limit: float, unit: str) -> bool:
    """Print a figure beside its bound; return whether it keeps it."""
    kept = measured_as <= limit
    print(f"{'ok  ' if kept else 'OVER'} {name}: {measured_as:.2f} {unit} (bound: {limit:g})")
    return kept
