"""The keeper of the local steps is killed, alone and together with its conductor.

A conductor that lives learns the exit codes of its scripts all the same, so each script runs once.
Where the conductor dies, too, nobody can know them: such an attempt is lost, and made again after its
end. The full form (`slow`) kills at every boundary between two records, and at 200 random instants.
"""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from faults.crash_tools import ends, run_to_the_end, run_until_killed, runs, start_conductor
from faults.victims import kill_watchers, lost_attempts, watchers
from maestro_conductor.journal import JournalReader, read_state
from maestro_conductor.testing import StepPlan, make_workspace
from waiting import wait_until

pytestmark = pytest.mark.once

#: Counts how often it runs, and tells where it runs beside another run of itself.
_BEGIN = "mkdir running || echo twice >> overlap; echo ran >> count; "
_END = "rmdir running"


def make_study(root: Path, count: int, pause: float) -> Path:
    """Steps that last a while, one that fails, and what comes after them."""
    return make_workspace(
        root,
        [
            StepPlan("a", [f"{_BEGIN} sleep {pause}; {_END}"] * count),
            StepPlan("bad", [f"{_BEGIN} sleep {1.3 * pause}; {_END}; exit 7"]),
            StepPlan("b", [f"{_BEGIN} sleep {0.7 * pause}; {_END}"] * count, needs=["a"]),
            StepPlan("last", [f"{_BEGIN} {_END}"], funnels=["b"]),
        ],
        batch={"local_slots": 3},
    )


def check_study(root: Path) -> int:
    """All ended as without a kill, and only what was lost ran again; gives how often that was."""
    assert not list(root.glob("*/**/overlap"))
    found = ends(root)
    assert {name for name, end in found.items() if end != "FINISHED"} == {"bad"}
    assert found["bad"] == "FAILED"
    lost = Counter(path.parent for path in lost_attempts(root))
    graph, _ = read_state(root)
    places = dict(zip(graph.names, graph.workspaces, strict=True))
    ran = runs(root)
    for name, count in ran.items():
        assert 1 <= count <= 1 + lost[root / places[name]], name
    return sum(ran.values()) - len(ran)


def frames(root: Path) -> int:
    with JournalReader(root / ".maestro/journal.msgpack") as reader:
        return sum(1 for _ in reader.read())


def kill_at(root: Path, when: str, frame: int, victims: str) -> tuple[bool, int]:
    """Whether the study came to that record, and how many scripts ran again."""
    make_study(root, 3, 0.1)
    code = run_until_killed(root, when, frame, victims)
    came = code == -9 if victims == "all" else frame <= frames(root)
    if code == -9:
        code = run_to_the_end(root)
    assert code == 2
    return came, check_study(root)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("victims", ["watchers", "all"])
def test_killed_at_some_record_boundaries(tmp_path, victims, when):
    again = 0
    for frame in (5, 9):
        came, more = kill_at(tmp_path / str(frame), when, frame, victims)
        assert came
        again += more
    assert victims == "all" or again == 0


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("victims", ["watchers", "all"])
def test_killed_at_each_record_boundary(tmp_path, long_test, victims, when):
    came, again, frame = True, 0, 0
    while came:
        frame += 1
        came, more = kill_at(tmp_path / str(frame), when, frame, victims)
        again += more
    print(f"{victims}: {frame - 1} boundaries, {again} scripts ran again")
    assert frame > 10
    assert victims == "all" or again == 0


def kill_keepers_at_random(root: Path, kills: int, seed: int) -> int:
    """Kill keepers under a conductor that lives; gives how many."""
    make_study(root, 60, 0.2)
    random = Random(seed)  # noqa: S311
    hit = 0
    with start_conductor(root) as process:
        while hit < kills:
            try:
                process.wait(random.uniform(0, 0.2))
                break
            except subprocess.TimeoutExpired:
                hit += kill_watchers(root)
        assert process.wait(120) == 2
    assert check_study(root) == 0
    return hit


def test_some_keepers_are_killed(tmp_path):
    assert kill_keepers_at_random(tmp_path / "w", 6, seed=1) == 6


@pytest.mark.slow
def test_200_keepers_are_killed(tmp_path, long_test):
    hit = seed = 0
    while hit < 200:
        seed += 1
        hit += kill_keepers_at_random(tmp_path / str(seed), 200, seed)
    print(f"{hit} keepers were killed, no script ran again")


def kill_all_at_random(root: Path, kills: int, seed: int) -> tuple[int, int]:
    """Kill the conductor with its keeper, half of the times once that is there; gives how many of each."""
    make_study(root, 60, 0.2)
    random = Random(seed)  # noqa: S311
    conductors = hit = 0
    while conductors < kills:
        process = start_conductor(root)
        ended = process.poll
        keeper_first = (
            conductors == 0
        )  # in the other order it may have left before it is looked for
        if conductors % 2 == 0:
            wait_until(lambda ended=ended: ended() is not None or watchers(root), "a keeper")
        try:
            process.wait(random.uniform(0, 0.7))
            break
        except subprocess.TimeoutExpired:
            both = [lambda: kill_watchers(root), process.kill]
            first, second = both if keeper_first else random.sample(both, 2)
            hit += (first() or 0) + (second() or 0)
            process.wait()
            conductors += 1
    assert run_to_the_end(root) == 2
    check_study(root)
    return conductors, hit


def test_all_are_killed_some_times(tmp_path):
    _, hit = kill_all_at_random(tmp_path / "w", 4, seed=1)
    assert hit


@pytest.mark.slow
def test_all_are_killed_200_times(tmp_path, long_test):
    conductors = keepers = seed = 0
    while conductors < 200:
        seed += 1
        found = kill_all_at_random(tmp_path / str(seed), 40, seed)
        conductors, keepers = conductors + found[0], keepers + found[1]
    print(f"{conductors} conductors were killed, and {keepers} keepers with them")
    assert keepers >= 100
