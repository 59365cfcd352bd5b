"""What it costs to have local steps run by us, beside `xargs -P2` and bare bash.

    python benchmarks/conductor_local.py

Three questions: our own processor time per step, the spawn and the command apart; many small
independent steps beside `xargs`; a chain of steps beside a loop of bash. All folders are on tmpfs.
The other side runs the scripts that our run wrote, and records their exit codes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from expansion_study import scratch, verdict

#: ms per step where a spawn costs 1.2 ms of processor time; so on any machine in spawns; times
#: xargs; ms per hop.
OWN_LIMIT, MANY_LIMIT, HOP_LIMIT = 0.3, 1.4, 5.0
OWN_SHARE = OWN_LIMIT / 1.2
#: Spawns in a measurement.
SPAWNS = 200

XARGS = r"""
find "$1" -name '*.sh' -print0 |
  xargs -0 -P2 -n1 sh -c 'bash "$0" >"$0.out" 2>"$0.err" </dev/null; echo $? >"$0.code"'
"""
BASH = r"""
for script in $(find "$1" -name '*.sh' | sort -V); do
  bash "$script" >"$script.out" 2>"$script.err" </dev/null
done
"""
#: The spawn that nobody can do without: a shell that records, around the script's, one after another.
#: Prints our own processor time, and that of the shells, in s.
SPAWN = """
import os, resource, sys
scripts = sys.argv[1:]
for script in scripts:
    words = ["sh", "-c", 'bash "$0" >"$0.out" 2>"$0.err" </dev/null; echo $? >"$0.code"', script]
    os.waitpid(os.posix_spawn("/bin/sh", words, os.environ), 0)
for who in resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN:
    usage = resource.getrusage(who)
    print(usage.ru_utime + usage.ru_stime)
"""
#: Runs a workspace. Prints the conductor's processor time, and its keeper's, in s.
OWN = """
import sys, time
from pathlib import Path
from maestro_adapters.local.keeper.client import KeeperClient
from maestro_conductor import conduct
close, keepers = KeeperClient.close, []
def read_and_close(self, idle):
    keepers.append(int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[0]) / 1e9)
    close(self, idle)
KeeperClient.close = read_and_close
begun = time.process_time()
assert conduct(Path(sys.argv[1])) == 0
print(time.process_time() - begun, sum(keepers))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--chain", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    kept = [
        own_cost(arguments.steps, arguments.rounds),
        many(arguments.steps, arguments.rounds),
        chain(arguments.chain, arguments.rounds),
    ]
    return 0 if all(kept) else 1


def own_cost(steps: int, rounds: int) -> bool:
    """Our processor time per step: the conductor's and the keeper's, the spawn apart."""
    ours: list[tuple[float, float]] = []
    calls: list[float] = []
    spawns: list[float] = []
    for _ in range(rounds):
        with scratch() as folder:
            study = write_study(folder, many_steps(steps))
            stage(study, folder / "w")
            conductor, keeper = output([sys.executable, "-c", OWN, folder / "w"])
            ours.append((conductor / steps * 1000, keeper / steps * 1000))
            scripts = sorted((folder / "w" / "s").rglob("*.sh"))
            for first in range(0, 4 * SPAWNS, SPAWNS):
                call, shells = spawning(scripts[first : first + SPAWNS])
                calls.append(call)
                spawns.append(shells)
    conductor, keeper = min(ours, key=sum)
    call, shells = median(calls), median(spawns)
    own = conductor + keeper - call
    print(
        f"{steps} steps, processor time each: conductor {conductor:.3f} ms, keeper {keeper:.3f} ms, "
        f"{call:.3f} of that for the spawn"
    )
    print(f"a spawn, whoever does it: {call + shells:.2f} ms")
    verdict("our own cost per step", own, OWN_LIMIT, "ms")
    return verdict("our own cost per step, in spawns", own / (call + shells), OWN_SHARE, "")


def spawning(scripts: Sequence[Path]) -> tuple[float, float]:
    """Processor time per script, in ms: of who spawns, and of the shells."""
    base = output([sys.executable, "-c", SPAWN])
    whole = output([sys.executable, "-c", SPAWN, *scripts])
    own, shells = ((a - b) / len(scripts) * 1000 for a, b in zip(whole, base, strict=True))
    return own, shells


def many(steps: int, rounds: int) -> bool:
    ours, theirs = [], []
    for _ in range(rounds):
        with scratch() as folder:
            study = write_study(folder, many_steps(steps))
            ours.append(elapsed([maestro(), "run", "-fg", "-y", "-o", folder / "w", study]))
            theirs.append(elapsed(["bash", "-c", XARGS, "xargs", folder / "w" / "s"]))
    print(f"{steps} steps: {min(ours):.2f} s, xargs -P2 {min(theirs):.2f} s, best of {rounds}")
    return verdict("beside xargs", min(ours) / min(theirs), MANY_LIMIT, "times")


def chain(steps: int, rounds: int) -> bool:
    ours, theirs = [], []
    for _ in range(rounds):
        with scratch() as folder:
            study = write_study(folder, chained_steps(steps))
            ours.append(elapsed([maestro(), "run", "-fg", "-y", "-o", folder / "w", study]))
            theirs.append(elapsed(["bash", "-c", BASH, "bash", folder / "w"]))
    print(f"a chain of {steps}: {min(ours):.2f} s, bare bash {min(theirs):.2f} s, best of {rounds}")
    return verdict("per hop", (min(ours) - min(theirs)) / steps * 1000, HOP_LIMIT, "ms")


def many_steps(count: int) -> str:
    values = ", ".join(map(str, range(count)))
    return (
        "study:\n"
        "- {name: s, description: d, run: {cmd: 'echo $(N)'}}\n"
        f"global.parameters:\n  N: {{values: [{values}], label: N.%%}}\n"
    )


def chained_steps(count: int) -> str:
    lines = ["study:"]
    for i in range(count):
        needs = f", depends: [s{i - 1}]" if i else ""
        lines.append(f"- {{name: s{i}, description: d, run: {{cmd: 'true'{needs}}}}}")
    return "\n".join(lines) + "\n"


def write_study(folder: Path, body: str) -> Path:
    path = folder / "study.yaml"
    path.write_text(
        f"description: {{name: bench, description: d}}\nbatch: {{type: local, local_slots: 2}}\n{body}"
    )
    return path


def stage(study: Path, root: Path) -> None:
    """Make the workspace and run nothing."""
    subprocess.run(
        [maestro(), "run", "-n", "-o", root, study], check=True, stdout=subprocess.DEVNULL
    )


def maestro() -> Path:
    return Path(sys.executable).with_name("maestro")


def elapsed(command: Sequence[object]) -> float:
    begun = time.perf_counter()
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def output(command: Sequence[object]) -> list[float]:
    """The numbers that a command prints."""
    done = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE)
    return [float(word) for word in done.stdout.split()]


if __name__ == "__main__":
    sys.exit(main())
