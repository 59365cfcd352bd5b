"""What the conductor itself costs: quiet polls, replay, memory, status.csv. Nothing is run.

    python benchmarks/conductor_costs.py

The scheduler is a fake that says RUNNING; time is processor time. Each figure is that of a process
of its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from expansion_study import scratch, verdict

from maestro_conductor.backends.scheduler_backend import SchedulerBackend
from maestro_conductor.core.events import Answers, Now
from maestro_conductor.core.machine import Machine
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.journal import JournalWriter, read_state
from maestro_conductor.model import records
from maestro_conductor.model.settings import Settings
from maestro_conductor.observers.status_csv import StatusFile
from maestro_conductor.testing import ScriptedScheduler, StepPlan, make_workspace
from maestro_conductor.workspace.graph_file import read_graph
from maestro_conductor.workspace.paths import JOURNAL

STUDY_ID = "3f9a0c2d71e8"
#: ms, s, MB, part of a core.
POLL_LIMIT, REPLAY_LIMIT, MEMORY_LIMIT, STATUS_LIMIT = 30.0, 3.0, 200.0, 0.02


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--in-flight", type=int, default=1000)
    arguments = parser.parse_args()
    small = alone(quiet_poll, 5_000, arguments.in_flight)
    large = alone(quiet_poll, 50_000, arguments.in_flight)
    print(f"a quiet poll of {arguments.in_flight} jobs: 5 000 steps {small:.2f} ms,", end=" ")
    print(f"50 000 steps {large:.2f} ms")
    seconds = alone(replay, 500_000)
    loaded, peak = memory(90_000, 2_000)
    print(f"90 000 steps with commands of 2 kB: loaded in {loaded:.2f} s")
    share, interval = alone(status, 50_000)
    print(f"status.csv of 50 000 steps is written every {interval:.1f} s while all changes")
    kept = [
        verdict("a quiet poll", max(small, large), POLL_LIMIT, "ms"),
        verdict("replay of 500 000 records", seconds, REPLAY_LIMIT, "s"),
        verdict("memory", peak, MEMORY_LIMIT, "MB"),
        verdict("status.csv", share, STATUS_LIMIT, "of a core"),
    ]
    return 0 if all(kept) else 1


def alone(measure: Callable[..., Any], *arguments: Any) -> Any:
    """Measure in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, arguments)


def quiet_poll(steps: int, in_flight: int) -> float:
    """Ms of processor time of a poll that tells nothing new, from the question to the next wait."""
    with scratch() as root:
        plan = StepPlan("s", ["true"] * steps, resources={"nodes": 1})
        graph = read_graph(make_workspace(root, [plan], batch={"type": "fake"}))
        state = StudyState(steps, STUDY_ID)
        machine = Machine(graph, state, batch=in_flight)
        machine.start(Now(1, 1.0))
        machine.handle([], Now(1, 1.0))
        scheduler = ScriptedScheduler()
        rows = []
        for i in range(in_flight):
            scheduler.submitted[f"j{i}"] = {"token": ""}
            scheduler.say(f"j{i}", state="RUNNING")
            rows.append((i, 1, {"job": f"j{i}", "state": "RUNNING"}))
        state.settings = Settings(throttle=in_flight)
        machine.handle([Answers("scheduled", rows)], Now(1, 1.0))
        answered = []
        link = SchedulerBackend(scheduler, None, lambda: answered.append(1), print)
        spent = []
        for number in range(1, 12):
            answered.clear()
            begun = time.process_time()
            link.work(number * 100.0, machine.queues["scheduled"].jobs, 60.0)
            while not answered:
                time.sleep(0.0005)
            machine.handle(link.collect(), Now(1, 1.0))
            spent.append(time.process_time() - begun)
        link.close()
        return sorted(spent[1:])[5] * 1000


def replay(count: int) -> float:
    """S of processor time for a journal of so many records: five for each attempt."""
    with scratch() as root:
        make_workspace(root, [StepPlan("s", ["true"] * 10_000)], run={"study_id": STUDY_ID})
        writer = JournalWriter.create(root / JOURNAL, STUDY_ID, 10_000)
        for number in range(count // 5):
            i, attempt = number % 10_000, number // 10_000 + 1
            writer.add(
                records.intent(1, [[i, attempt, f"m{STUDY_ID}.{i}.{attempt}", "first", "main"]])
            )
            writer.add(records.submitted(2, [[i, attempt, str(number), "PENDING"]]))
            for state in ("RUNNING", "FAILED", "QUEUED"):
                code = 1 if state == "FAILED" else None
                writer.add(records.state(3, [[i, attempt, state, 3, code, "Priority"]]))
        writer.flush()
        writer.close()
        begun = time.process_time()
        read_state(root)
        return time.process_time() - begun


def memory(steps: int, length: int) -> tuple[float, float]:
    """S to load a study, and MB of the process that is about to run it."""
    with scratch() as root:
        alone(make_long_study, root, steps, length)
        return alone(load, root)


def load(root: Path) -> tuple[float, float]:
    begun = time.perf_counter()
    graph, state = read_state(root)
    seconds = time.perf_counter() - begun
    machine = Machine(graph, state)
    machine.start(Now(1, 1.0))
    machine.handle([], Now(1, 1.0))
    status_file = StatusFile(root, graph, state)
    while status_file.due() is not None:
        status_file.work(1e9, 1)
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def make_long_study(root: Path, steps: int, length: int) -> None:
    third = steps // 3
    command = "x" * length
    plans = [
        StepPlan("mesh", [command] * third),
        StepPlan("solve", [command] * third, needs=["mesh"]),
        StepPlan("post", [command] * third, needs=["solve"]),
    ]
    make_workspace(root, plans)


def status(steps: int) -> tuple[float, float]:
    """Part of a core that status.csv costs while everything changes, and its interval in s."""
    with scratch() as root:
        make_workspace(root, [StepPlan("s", ["true"] * steps)])
        graph = read_graph(root)
        state = StudyState(steps, STUDY_ID)
        file = StatusFile(root, graph, state)
        spent = 0.0
        begins = []
        for tick in range(3000):
            state.changes += 1
            due = file.due()
            if due is not None and 0 < due <= tick / 10:
                begins.append(tick / 10)
            begun = time.thread_time()
            file.work(tick / 10, 1_700_000_000_000)
            spent += time.thread_time() - begun
        return spent / 300.0, (begins[-1] - begins[0]) / (len(begins) - 1)


if __name__ == "__main__":
    sys.exit(main())
