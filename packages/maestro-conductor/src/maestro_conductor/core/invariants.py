"""Check what must hold of a machine between two calls. For tests: it looks at every instance."""

from __future__ import annotations

from collections import Counter

from maestro_conductor.core import throttle
from maestro_conductor.core.dependencies import satisfied
from maestro_conductor.core.machine import Machine
from maestro_conductor.core.queues import LOCAL, Queue
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.states import (
    CANCELLED,
    FAILED,
    FINISHED,
    HWFAILURE,
    IN_FLIGHT,
    INCOMPLETE,
    INITIALIZED,
    NAMES,
    QUEUED,
    SKIPPED,
    TIMEDOUT,
    WAITING,
)

__all__ = ["validate"]


def validate(
    machine: Machine, graph: Graph, *, steady: float, most_slots: int | None = None
) -> None:
    """Check a machine after a call.

    Args:
        machine: to be checked.
        graph: what it runs.
        steady: s, the time of the call.
        most_slots: how many local slots there were at most, where their number was changed.

    Raises:
        AssertionError: something does not hold; the text says what.
    """
    state = machine.state
    found = Counter(state.state)
    for code, count in enumerate(state.counts):
        _check(found[code] == count, f"{found[code]} are {NAMES[code]}, {count} were counted")
    for i, code in enumerate(state.state):
        _validate_instance(machine, graph, i, code)
    for queue in machine.queues.values():
        _validate_queue(machine, queue, max(queue.slots or 0, most_slots or 0))
    if not machine.closing and not state.cancelling and not machine.dry:
        _validate_work_conserved(machine, steady)
    _check(
        (state.outcome is not None) == (state.unfinished() == 0),
        f"outcome {state.outcome} with {state.unfinished()} unfinished",
    )


def _validate_instance(machine: Machine, graph: Graph, i: int, code: int) -> None:
    state = machine.state
    name = f"{graph.names[i]} ({NAMES[code]})"
    open_needs = [need for need in graph.needs_of(i) if not satisfied(graph, state, need)]
    for group in graph.groups.get(i, ()):
        step = graph.steps[group]
        members = range(step.first, step.first + step.count)
        open_needs += [need for need in members if not satisfied(graph, state, need)]
    queue = machine.queues.of(i)
    if code == INITIALIZED:
        _check(bool(open_needs), f"{name} waits for nothing")
        dead = [n for n in open_needs if state.state[n] in (FAILED, TIMEDOUT, HWFAILURE, CANCELLED)]
        _check(not dead, f"{name} waits for {dead}, which ended badly")
    elif code in (QUEUED, WAITING) or code in IN_FLIGHT or (code == FINISHED and not state.resumed):
        # What finished after a failure that was allowed stays so when that runs again.
        _check(not open_needs, f"{name} does not wait for {open_needs}")
    _check(not (i in state.held and code in (FINISHED, SKIPPED)), f"{name} is held")
    _check(not (i in state.ending and code not in IN_FLIGHT), f"{name} was to be cancelled")
    _check(code != INCOMPLETE, f"{name} was left between two attempts")
    if code in (QUEUED, WAITING):
        _check(not state.cancelling, f"{name} while the study is cancelled")
        known = i in queue.ready or i in machine.timers.paused or i in state.held
        _check(not state.is_ending(i), f"{name} while it is cancelled")
        _check(known, f"{name} was forgotten")
    if code in IN_FLIGHT:
        _check(state.attempt[i] > 0, f"{name} has no attempt")
        if queue.name == LOCAL and queue.slots is not None:
            _check(i in queue.weights, f"{name} fills no slot")
    else:
        _check(i not in queue.weights, f"{name} fills a slot")
        _check(i not in queue.submitting, f"{name} is being submitted")


def _validate_queue(machine: Machine, queue: Queue, slots: int) -> None:
    state = machine.state
    _check(queue.used == sum(queue.weights.values()), f"{queue.name}: slots were miscounted")
    if queue.slots is not None:
        # Where attempts are made ready ahead, those without a job run nowhere yet, or are searched.
        counted = set(queue.jobs.values()) if queue.least_ahead else set(queue.weights)
        filled = sum(queue.weights[i] for i in counted)
        fits = filled <= slots or len(counted) == 1
        _check(fits, f"{queue.name}: {filled} of {slots} slots are filled")
        most = max(16, queue.least_ahead) if queue.least_ahead else 0
        bound = slots + sum(sorted(queue.weights.values())[-1 - most :])
        _check(queue.used <= bound, f"{queue.name}: {queue.used} slots are filled or reserved")
    for job, i in queue.jobs.items():
        live = state.state[i] in IN_FLIGHT and state.job[i] == job
        _check(live, f"{queue.name}: job {job} of instance {i} has ended")


def _validate_work_conserved(machine: Machine, steady: float) -> None:
    """Check that a step starts the moment it may."""
    state = machine.state
    if throttle.room(state.settings.throttle, state.in_flight(), len(state)) <= 0:
        return
    for queue in machine.queues.values():
        if queue.blocked_until > steady:
            continue
        waiting = [
            i
            for i in queue.ready
            if state.state[i] in (QUEUED, WAITING)
            and i not in machine.timers.paused
            and i not in state.held
        ]
        idle = bool(waiting) and queue.fits(min(waiting))
        _check(not idle, f"{queue.name}: {waiting} could have been submitted")


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise AssertionError(message)
