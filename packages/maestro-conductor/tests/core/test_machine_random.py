"""Would catch an order of events in which a study hangs, runs an attempt twice, forgets a success or submits
what is held."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maestro_conductor.core.events import (
    CancelAsked,
    Event,
    HoldAsked,
    ReleaseAsked,
    ResumeAsked,
    SkipAsked,
)
from maestro_conductor.core.resume_selection import select
from maestro_conductor.core.retry_policy import classify_exit
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.settings import Settings, SettingsChange
from maestro_conductor.model.states import CANCELLED, FINAL, FINISHED, NAMES, SKIPPED
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.testing.world import World
from maestro_conductor.workspace.graph_file import read_graph

pytestmark = pytest.mark.once  # the rules are the same on every Python


RULES = st.fixed_dictionaries(
    {},
    optional={
        "retries": st.integers(0, 2),
        "retry_pause": st.sampled_from([0, 10]),
        "retry_codes": st.sampled_from([None, [3]]),
        "restart_codes": st.sampled_from([[], [4]]),
        "success_codes": st.sampled_from([[0], [0, 1]]),
        "allow_failure": st.booleans(),
    },
)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Small studies of all shapes."""
    plans: list[StepPlan] = []
    for number in range(draw(st.integers(1, 5))):
        before = [plan.name for plan in plans]
        chosen = draw(st.lists(st.sampled_from(before), unique=True, max_size=3)) if before else []
        funnels = [name for name in chosen if draw(st.booleans())]
        plans.append(
            StepPlan(
                f"s{number}",
                ["x"] * draw(st.integers(1, 3)),
                needs=[name for name in chosen if name not in funnels],
                funnels=funnels,
                restart=draw(st.sampled_from([None, "again"])),
                resources=draw(st.sampled_from([{}, {"nodes": 1}])),
                failure=draw(RULES),
            )
        )
    with tempfile.TemporaryDirectory() as folder:
        return read_graph(make_workspace(Path(folder), plans, batch={"type": "scripted"}))


def check_end(world: World, graph: Graph) -> None:
    world.compare()
    state = world.machine.state
    for i, code in enumerate(state.state):
        if code == FINISHED:
            exit_code = world.jobs.files[i, state.attempt[i]]
            assert isinstance(exit_code, int), (i, exit_code)
            assert classify_exit(exit_code, graph.failure(i)) == FINISHED
    assert max(Counter(world.jobs.ran).values(), default=1) == 1, "an attempt ran twice"


def run_out(world: World) -> None:
    world.jobs.calm = True
    for _ in range(3000):
        if world.machine.state.outcome is not None:
            return
        world.step()
    names = [NAMES[code] for code in world.machine.state.state]
    raise AssertionError(f"the study does not end: {names}")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    graphs(),
    st.randoms(use_true_random=False),
    st.builds(
        Settings,
        throttle=st.integers(0, 3),
        rlimit=st.integers(0, 2),
        attempts=st.integers(1, 2),
        sleep=st.just(1.0),
    ),
)
def test_a_study_survives_everything(graph: Graph, random: Random, limits: Settings) -> None:
    world = World(graph, random, limits, local_ahead=random.choice([0, 1, 3]))
    world.handle()
    successes: dict[int, int] = {}
    for _ in range(random.randrange(150)):
        world.step()
        for i, attempt in world.jobs.ran:  # a success is never thrown away
            code = world.jobs.files[i, attempt]
            if isinstance(code, int) and classify_exit(code, graph.failure(i)) == FINISHED:
                assert successes.setdefault(i, attempt) == attempt, f"{i} ran again after success"
        if random.random() < 0.01:
            world.handle(SettingsChange(throttle=random.randrange(4), rlimit=random.randrange(3)))
        if random.random() < 0.03:
            with contextlib.suppress(ValueError):  # something is running that would have to wait
                world.handle(ResumeAsked(select(graph, world.machine.state, None)))
        if world.machine.state.outcome is not None:
            break
    run_out(world)
    check_end(world, graph)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(graphs(), st.randoms(use_true_random=False))
def test_cancelled_and_resumed_studies_end(graph: Graph, random: Random) -> None:
    world = World(graph, random, Settings(), local_ahead=random.choice([0, 1, 3]))
    world.handle()
    for _ in range(random.randrange(60)):
        world.step()
    world.handle(CancelAsked())
    for _ in range(random.randrange(40)):
        world.step()
    run_out(world)
    check_end(world, graph)
    for _ in range(random.randrange(3)):
        world.jobs.calm = False
        chosen = select(graph, world.machine.state, random.choice([None, ["*"], ["s0"]]))
        world.handle(ResumeAsked(chosen))
        for _ in range(random.randrange(60)):
            world.step()
        run_out(world)
        check_end(world, graph)


def some(random: Random, graph: Graph) -> list[int]:
    return sorted(random.sample(range(len(graph)), random.randint(1, len(graph))))


def ask(random: Random, graph: Graph, world: World) -> Event:
    """Somebody asks for something, of some instances or of all."""
    chosen = list(range(len(graph))) if random.random() < 0.3 else some(random, graph)
    roll = random.random()
    if roll < 0.4:
        return HoldAsked(chosen)
    if roll < 0.6:
        return ReleaseAsked(chosen)
    if roll < 0.7:
        return SkipAsked(chosen[:2])
    if roll < 0.8:
        return CancelAsked(chosen[:2])
    if roll < 0.9:
        return SettingsChange(throttle=random.randrange(4), local_slots=random.randint(1, 4))
    with contextlib.suppress(ValueError):
        return ResumeAsked(select(graph, world.machine.state, None))
    return HoldAsked([])


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    graphs(),
    st.randoms(use_true_random=False),
    st.builds(Settings, throttle=st.integers(0, 3), attempts=st.integers(1, 2)),
)
def test_nothing_held_is_submitted_and_nothing_hangs(
    graph: Graph, random: Random, limits: Settings
) -> None:
    world = World(graph, random, limits, local_ahead=random.choice([0, 1, 3]))
    world.handle()
    for _ in range(random.randrange(150)):
        world.step()  # it checks that nothing acknowledged is submitted
        if random.random() < 0.1:
            world.handle(ask(random, graph, world))
    world.handle(ReleaseAsked(range(len(graph))))
    world.jobs.calm = True
    world.handle(ReleaseAsked(range(len(graph))))  # the one before may have died with its conductor
    assert not world.machine.state.held
    run_out(world)
    check_end(world, graph)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(graphs(), st.randoms(use_true_random=False))
def test_a_held_study_stands_still_and_goes_on_when_released(graph: Graph, random: Random) -> None:
    world = World(graph, random, Settings(), local_ahead=random.choice([0, 1, 3]))
    world.handle()
    for _ in range(random.randrange(40)):
        world.step()
    world.jobs.calm = True
    world.handle(HoldAsked(range(len(graph))))
    for _ in range(400):
        world.step()
        if not world.machine.state.in_flight():
            break
    state = world.machine.state
    assert not state.in_flight()
    ran = len(world.jobs.ran)
    left = [i for i, code in enumerate(state.state) if code not in FINAL]
    assert bool(left) == (state.outcome is None)
    for _ in range(30):
        world.step()
    world.crash()
    world.handle()
    for _ in range(30):
        world.step()
    assert len(world.jobs.ran) == ran
    assert world.machine.next_timer() is None or world.machine.timers.paused
    world.handle(ReleaseAsked(range(len(graph))))
    run_out(world)
    check_end(world, graph)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(graphs(), st.randoms(use_true_random=False))
def test_what_is_cancelled_or_skipped_runs_no_more(graph: Graph, random: Random) -> None:
    world = World(graph, random, Settings(), local_ahead=random.choice([0, 1, 3]))
    world.handle()
    for _ in range(random.randrange(60)):
        world.step()
    world.jobs.calm = True
    chosen = some(random, graph)
    before = world.machine.state.state[:]
    world.handle(CancelAsked([i for i in chosen if before[i] not in FINAL]))
    tried = dict(enumerate(world.machine.state.attempt))
    run_out(world)
    state = world.machine.state
    for i in chosen:
        if before[i] not in FINAL:
            assert state.state[i] in FINAL
            assert state.attempt[i] == tried[i], "another attempt of it was made"
            assert state.state[i] == CANCELLED or state.submitted[i] != -1
    check_end(world, graph)
    left = [i for i in range(len(graph)) if state.state[i] != FINISHED]
    world.handle(SkipAsked(left))
    assert set(world.machine.state.state) <= {FINISHED, SKIPPED}
    assert world.machine.state.outcome == ("FINISHED", 0)
    world.compare()
