"""Studies that count how often each command ran, conductors that die, and what they left."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path

import attrs

from maestro_conductor.journal import read_state
from maestro_conductor.model.states import IN_FLIGHT, NAMES
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.attempt_file import read_attempt
from maestro_conductor.workspace.conductor_lock import last_holder
from waiting import wait_until

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


def run_until_killed(root: Path, when: str, frame: int, victims: str = "conductor") -> int:
    """Run a conductor that kills at a record boundary: see `killed_conductor.py`."""
    command = [sys.executable, str(KILLED_CONDUCTOR), str(root), when, str(frame), victims]
    return subprocess.run(command, check=False, timeout=120).returncode


def start_conductor(root: Path) -> subprocess.Popen[bytes]:
    """Start a conductor; returns once it has taken the workspace, or has ended."""
    process = subprocess.Popen(conductor(root))

    def begun() -> bool:
        holder = last_holder(root)
        ended = process.poll() is not None
        return ended or (holder is not None and holder.pid == process.pid)

    wait_until(begun, "a conductor's start", interval=0.01)
    return process


def kill_after(root: Path, delay: float, *, change: bool = False, busy: bool = False) -> bool:
    """Start a conductor, and kill it so many s after it took the workspace; False: it had ended.

    With `change`, the time begins when its journal has grown next; with `busy`, when an attempt is in
    flight, which on a loaded machine may be seconds later.
    """
    process = start_conductor(root)
    journal = root / ".maestro/journal.msgpack"
    if change and journal.exists():
        size = journal.stat().st_size
        wait_until(
            lambda: process.poll() is not None or journal.stat().st_size != size,
            "another record",
            interval=0.001,
        )
    if busy:
        wait_until(lambda: process.poll() is not None or _in_flight(root), "an attempt in flight")
    try:
        process.wait(delay)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def _in_flight(root: Path) -> bool:
    return any(code in IN_FLIGHT for code in read_state(root)[1].state)


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


#: What an attempt can be at when its conductor is killed. Idle: none is in flight.
PHASES = frozenset(
    {
        "intent written",
        "submitted and not recorded",
        "running",
        "ended and not recorded",
        "idle",
    }
)


@attrs.define
class Histogram:
    """In which phases the attempts of a study were when its conductor was killed.

    Attributes:
        kills: how many there were.
        phases: how many of them hit an attempt in that phase.
        received: gives those of some tokens that a scheduler has a job for.
    """

    kills: int = 0
    phases: Counter[str] = attrs.Factory(Counter)
    received: Callable[[Collection[str]], Collection[str]] = lambda _tokens: ()

    def look(self, root: Path) -> None:
        """Look at what a kill left."""
        self.kills += 1
        graph, state = read_state(root)
        hit = set()
        in_doubt = []
        for i, code in enumerate(state.state):
            if code not in IN_FLIGHT:
                continue
            fate = read_attempt(root / graph.workspaces[i], state.attempt[i]).fate
            if state.job[i] is not None:
                hit.add("ended and not recorded" if fate == "ended" else "running")
            elif fate == "absent":
                in_doubt.append(state.token(i, state.attempt[i]))
            else:
                hit.add("submitted and not recorded")
        if in_doubt:
            received = self.received(in_doubt)
            if received:
                hit.add("submitted and not recorded")
            if len(received) < len(in_doubt):
                hit.add("intent written")
        self.phases.update(hit or {"idle"})

    @property
    def complete(self) -> bool:
        """Whether 200 kills are done, and each phase was hit."""
        return self.kills >= 200 and self.phases.keys() == PHASES

    def take(self, other: Histogram) -> None:
        """Add what another one saw."""
        self.kills += other.kills
        self.phases.update(other.phases)

    def __str__(self) -> str:
        rows = [f"{self.phases[name]:5}  {name}" for name in sorted(PHASES)]
        return "\n".join([f"{self.kills} kills hit", *rows])


def events(root: Path) -> list[str]:
    """The events in a study's log, whose last line may be half."""
    log = root / "logs/study.log"
    if not log.exists():
        return []
    whole = log.read_text().rpartition("\n")[0]
    return [json.loads(line)["event"] for line in whole.splitlines()]
