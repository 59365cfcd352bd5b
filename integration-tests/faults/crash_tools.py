"""Studies that count how often each command ran, conductors that die, and what they left."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import attrs

from maestro_conductor.attempt_files import read_attempt
from maestro_conductor.journal import read_state
from maestro_conductor.lock import last_holder
from maestro_conductor.states import IN_FLIGHT, NAMES
from maestro_conductor.testing import StepPlan, make_workspace

KILLED_CONDUCTOR = Path(__file__).with_name("killed_conductor.py")

#: Appends a line whenever it runs; its instance's folder is the working folder.
COUNT = "echo ran >> count; "


def make_small_study(root: Path) -> Path:
    """Every kind of end: success, failure, its descendants, a retry, a restart, a funnel."""
    return make_workspace(
        root,
        [
            StepPlan("a", [COUNT + "sleep 0.02"] * 3),
            StepPlan("b", [COUNT + "exit $((1 - $(wc -l < count | grep -c 1)))"] * 3, needs=["a"]),
            StepPlan("bad", [COUNT + "exit 5"], needs=["a"]),
            StepPlan("after_bad", [COUNT], needs=["bad"]),
            StepPlan(
                "again",
                [COUNT + "[ $(wc -l < count) -ge 2 ]"],
                failure={"retries": 2, "retry_pause": 0.05},
            ),
            StepPlan(
                "restarted",
                [COUNT + "exit 9"],
                restart=COUNT + "exit 0",
                failure={"restart_codes": [9]},
            ),
            StepPlan("last", [COUNT], funnels=["b"], needs=["again", "restarted"]),
        ],
        batch={"local_slots": 2},
    )


#: How often each command of the small study runs, and how it ends.
SMALL_RUNS = {
    "a": 1,
    "b": 1,
    "bad": 1,
    "after_bad": 0,
    "again": 2,
    "restarted": 2,
    "last": 1,
}
SMALL_ENDS = {"bad": "FAILED", "after_bad": "FAILED"}


def conductor(root: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "maestro_conductor", str(root), "--no-logstdout", *more]


def run_to_the_end(root: Path, *more: str) -> int:
    done = subprocess.run(
        conductor(root, *more), check=False, timeout=120, capture_output=True, text=True
    )
    assert not done.stderr, done.stderr
    return done.returncode


def run_until_killed(root: Path, when: str, frame: int) -> int:
    command = [sys.executable, str(KILLED_CONDUCTOR), str(root), when, str(frame)]
    return subprocess.run(command, check=False, timeout=120).returncode


def kill_after(root: Path, delay: float) -> bool:
    """Start a conductor, and kill it so many s after it took the workspace; False: it had ended."""
    process = subprocess.Popen(conductor(root))
    while process.poll() is None:
        holder = last_holder(root)
        if holder is not None and holder.pid == process.pid:
            break
        time.sleep(0.01)
    try:
        process.wait(delay)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def ends(root: Path) -> dict[str, str]:
    graph, state = read_state(root)
    return {name: NAMES[state.state[i]] for i, name in enumerate(graph.names)}


def runs(root: Path) -> dict[str, int]:
    graph, _ = read_state(root)
    counts = {}
    for name, workspace in zip(graph.names, graph.workspaces, strict=True):
        path = root / workspace / "count"
        counts[name] = path.read_text().count("ran\n") if path.exists() else 0
    return counts


def check_small_study(root: Path) -> None:
    for name, count in runs(root).items():
        assert count == SMALL_RUNS[name.split("_N.")[0]], (name, count)
    for name, state in ends(root).items():
        assert state == SMALL_ENDS.get(name.split("_N.")[0], "FINISHED"), (name, state)


@attrs.define
class Histogram:
    """In which phase the attempts of a study were when its conductor was killed."""

    phases: Counter[str] = attrs.Factory(Counter)

    def look(self, root: Path) -> None:
        graph, state = read_state(root)
        before = sum(self.phases.values())
        for i, code in enumerate(state.state):
            if code in IN_FLIGHT:
                fate = read_attempt(root / graph.workspaces[i], state.attempt[i]).fate
                self.phases[_phase(state.job[i] is not None, fate)] += 1
        if sum(self.phases.values()) == before:
            self.phases["idle"] += 1


def _phase(recorded: bool, fate: str) -> str:
    if not recorded:
        return "intent written" if fate == "absent" else "submitted and not recorded"
    return "ended and not recorded" if fate == "ended" else "running"
