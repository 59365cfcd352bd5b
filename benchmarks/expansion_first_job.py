"""How long it takes from the command to the first job of a wide study.

    python benchmarks/expansion_first_job.py --rows 30000

The study is started in the background, as a user would; the clock stops when the first script has run
its first line. Then it is cancelled.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from expansion_study import instances, scratch, verdict, write_study

#: s, for 90 001 instances.
LIMIT = 4.0

#: After this many seconds nothing will come any more.
_PATIENCE = 120

MAESTRO = [sys.executable, "-c", "import sys; from maestro_cli.app import main; sys.exit(main())"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    times = [first_job(arguments.rows) for _ in range(arguments.rounds)]
    print(f"{instances(arguments.rows)} instances, best of {arguments.rounds} rounds")
    return 0 if verdict("first job after", min(times), LIMIT, "s") else 1


def first_job(rows: int) -> float:
    with scratch() as folder:
        study = write_study(folder, rows)
        mark = folder / "first"
        text = study.read_text().replace("echo $(SIZE) $(RATE)", f"touch {mark}; echo $(SIZE)")
        study.write_text(text)
        out = folder / "out"
        started = time.perf_counter()
        command = [*MAESTRO, "run", "-y", "-t", "2", "-o", out, study]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            while not mark.exists():
                assert time.perf_counter() - started < _PATIENCE, "no job started"
                time.sleep(0.005)
            return time.perf_counter() - started
        finally:
            process.wait()
            stop(out)


def stop(out: Path) -> None:
    """Cancel the study, and wait for its conductor: the folder is to be deleted."""
    import fcntl

    subprocess.run([*MAESTRO, "cancel", "-y", out], check=True, stdout=subprocess.DEVNULL)
    with (out / ".maestro" / "lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)


if __name__ == "__main__":
    sys.exit(main())
