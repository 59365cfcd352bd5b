"""Random studies and random edits: an amended study that does not become what a fresh run makes of it.

Would catch an instance that is run again for nothing, one that keeps the result of its earlier form, a plan that
is not what happens, and an amendment that is half done where its conductor dies.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from maestro_conductor.app.amend import take_in
from maestro_conductor.app.amend_planning import Planning
from maestro_conductor.journal import read_state
from maestro_conductor.testing.amended_world import AmendedWorld, untouched
from maestro_conductor.testing.changing_study import ChangingStep, ChangingStudy
from maestro_conductor.testing.death import MortalDisk

pytestmark = pytest.mark.once  # the rules are the same on every Python


#: Each journal is flushed to disk; a disk's speed is not what is tested.
MEMORY = Path("/dev/shm")
IDS = ("0123456789ab", "ba9876543210")


@st.composite
def steps_after(draw: Any, before: dict[str, ChangingStep], name: str) -> ChangingStep:
    others = list(before)
    fewest = draw(st.sampled_from([0, 1, 1])) if others else 0
    needs = (
        draw(st.lists(st.sampled_from(others), unique=True, min_size=fewest, max_size=2))
        if others
        else []
    )
    wide = draw(st.sampled_from([True, True, False]))
    funnels = [each for each in needs if wide and before[each].wide and draw(st.booleans())]
    return ChangingStep(
        word=draw(st.sampled_from(["x", "y"])),
        wide=wide,
        needs=tuple(each for each in needs if each not in funnels),
        funnels=tuple(funnels),
        fails=draw(st.integers(0, 5)) == 5,
        restart=draw(st.booleans()),
        procs=draw(st.sampled_from([None, 2])),
        retries=draw(st.sampled_from([0, 0, 1])),
    )


@st.composite
def studies(draw: Any) -> ChangingStudy:
    steps: dict[str, ChangingStep] = {}
    for name in "abcd"[: draw(st.integers(2, 4))]:
        steps[name] = draw(steps_after(dict(steps), name))
    rows = draw(st.lists(st.integers(0, 4), min_size=1, max_size=3, unique=True))
    return ChangingStudy(rows, steps)


def without(steps: dict[str, ChangingStep], name: str) -> dict[str, ChangingStep]:
    return {
        each: attrs.evolve(
            step,
            needs=tuple(need for need in step.needs if need != name),
            funnels=tuple(need for need in step.funnels if need != name),
        )
        for each, step in steps.items()
        if each != name
    }


@st.composite
def edits(draw: Any, study: ChangingStudy) -> ChangingStudy:
    """One to three edits: a command, edges, what is asked for; rows and steps come and go."""
    rows, steps = list(study.rows), dict(study.steps)
    for _ in range(draw(st.sampled_from([1, 1, 2, 3]))):
        kind = draw(st.sampled_from(["step", "step", "row in", "row out", "step in", "step out"]))
        if kind == "row in" and (new := sorted(set(range(6)) - set(rows))):
            rows.insert(draw(st.integers(0, len(rows))), draw(st.sampled_from(new)))
        elif kind == "row out" and len(rows) > 1:
            rows.remove(draw(st.sampled_from(rows)))
        elif kind == "step in":
            name = draw(st.sampled_from(["e", "f"]))
            if name not in steps:
                steps[name] = draw(steps_after(dict(steps), name))
        elif kind == "step out" and len(steps) > 1:
            steps = without(steps, draw(st.sampled_from(sorted(steps))))
        else:
            names = list(steps)
            name = draw(st.sampled_from(names))
            before = {each: steps[each] for each in names[: names.index(name)]}
            new_step = draw(steps_after(before, name))
            if draw(st.booleans()):  # a small edit
                new_step = attrs.evolve(steps[name], word=draw(st.sampled_from(["x", "y", "z"])))
            if any(name in step.funnels for step in steps.values()):
                new_step = attrs.evolve(new_step, wide=True)
            steps[name] = new_step
    return ChangingStudy(rows, steps)


def finish(world: AmendedWorld) -> None:
    assert world.run() is not None


def check(world: AmendedWorld, before: ChangingStudy, after: ChangingStudy) -> None:
    afresh = AmendedWorld(world.root.with_name("afresh"), after)
    afresh.run()
    assert world.states() == afresh.states()
    files, wanted = world.files(), afresh.files()
    # In a changed one's folder lies, too, what it wrote in its earlier form.
    assert {name: files.get(name) for name in wanted} == wanted
    jobs = [(job["token"], job["request"]["workspace"]) for job in world.pool.submitted.values()]
    assert len(set(jobs)) == len(dict(jobs)), "two attempts of one token"
    same = untouched(before, after)
    assert {place: world.ends(place) for place in same} == {
        place: afresh.ends(place) for place in same
    }


def check_plan(world: AmendedWorld) -> None:
    _, state = read_state(world.root)
    (record,) = state.amended
    assert record["amendment"] == IDS[0]
    assert sum(record[name] for name in ("kept", "changed", "again", "new")) == len(state)


@st.composite
def pairs(draw: Any) -> tuple[ChangingStudy, ChangingStudy]:
    before = draw(studies())
    return before, draw(edits(before))


def in_a_world(before: ChangingStudy) -> tuple[Path, AmendedWorld]:
    folder = Path(tempfile.mkdtemp(prefix="amended-", dir=MEMORY if MEMORY.is_dir() else None))
    return folder, AmendedWorld(folder / "study", before)


def ended(before: ChangingStudy, after: ChangingStudy) -> None:
    """The study has ended; what its plan says is what happens."""
    folder, world = in_a_world(before)
    try:
        world.run()
        begun = len(world.pool.done)
        staged = after.stage(world.root, IDS[0])
        plan = Planning(world.root).plan(staged)
        event(str({name: bool(count) for name, count in plan.counts.items()}))
        world.ask("amend", amendment=IDS[0])
        assert take_in(world.root)
        graph, state = read_state(world.root)
        assert {name: state.amended[0][name] for name in plan.counts} == plan.counts
        world.run()
        places = dict(zip(graph.names, graph.workspaces, strict=True))
        ran = {place for place, _, _ in world.pool.done[begun:]}
        told = {places[each.name] for each in (*plan.changed, *plan.again, *plan.new)}
        finished = {places[name] for name, state in world.states().items() if state == "FINISHED"}
        assert ran <= told
        assert told & finished <= ran
        assert all(
            (world.root / each.workspace).exists() for each in plan.gone if each.state == "FINISHED"
        )
        check(world, before, after)
        check_plan(world)
    finally:
        shutil.rmtree(folder)


def running(before: ChangingStudy, after: ChangingStudy, at: float, last: int | None) -> None:
    """The study runs; its conductor may die at any of its file operations, and another goes on."""
    folder, world = in_a_world(before)
    try:
        after.stage(world.root, IDS[0])
        world.time.at(at, lambda: world.ask("amend", amendment=IDS[0]))
        if last is not None:
            died = world.run(MortalDisk(world.root, last)) is None
            event(f"died: {died}")
            if died:
                check_whole(world, before, after)
        finish(world)
        if not read_state(world.root)[1].amended:  # it ended, or died, before anybody asked
            world.ask("amend", amendment=IDS[0])
            finish(world)
        check(world, before, after)
        check_plan(world)
    finally:
        shutil.rmtree(folder)


def check_whole(world: AmendedWorld, before: ChangingStudy, after: ChangingStudy) -> None:
    """Whoever looks finds the old study or the new one, whole."""
    graph, state = read_state(world.root)
    names = [names_of(before), names_of(after)]
    assert graph.names in names
    assert len(state) == len(graph.names)
    assert bool(state.amended) == (graph.amendment is not None)
    if state.amended:
        assert graph.names == names[1]


def names_of(study: ChangingStudy) -> list[str]:
    return [
        name
        for step in study.plans()
        for name in (
            [step.name] if step.rows is None else [f"{step.name}_N.{r}" for r in step.rows]
        )
    ]


QUIET = settings(
    deadline=None, suppress_health_check=list(HealthCheck), max_examples=60, derandomize=True
)


@QUIET
@given(pairs())
def test_an_ended_study_becomes_what_its_plan_says(
    pair: tuple[ChangingStudy, ChangingStudy],
) -> None:
    ended(*pair)


@QUIET
@given(pairs(), st.floats(0.0, 6.0))
def test_a_running_study_becomes_what_a_fresh_run_gives(pair: Any, at: float) -> None:
    running(*pair, at, None)


@QUIET
@given(pairs(), st.floats(0.0, 3.0), st.integers(1, 200))
def test_a_conductor_dies_at_any_moment(pair: Any, at: float, last: int) -> None:
    running(*pair, at, last)


@pytest.mark.slow
@settings(QUIET, max_examples=400, derandomize=False, print_blob=True)
@given(pairs(), st.floats(0.0, 6.0), st.one_of(st.none(), st.integers(1, 400)))
def test_the_same_many_times(pair: Any, at: float, last: int | None) -> None:
    ended(*pair)
    running(*pair, at, last)
