"""Plan what becomes of each instance when a study is amended; pure."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence

import attrs

from maestro_conductor.core.graph_difference import Difference, renamed_steps
from maestro_conductor.core.study_state import NONE, StudyState
from maestro_conductor.model.graph import Graph
from maestro_conductor.model.records import AmendedRecord, RequestRecord
from maestro_conductor.model.states import (
    CODES,
    FINISHED,
    IN_FLIGHT,
    INITIALIZED,
    NAMES,
    QUEUED,
    SKIPPED,
    WAITING,
)

__all__ = ["Affected", "AmendPlan", "Amendment", "by_step", "make_plan"]

_MAY_START = frozenset({INITIALIZED, QUEUED, WAITING})


@attrs.frozen
class Affected:
    """An instance that an amendment touches.

    Attributes:
        name: of the instance.
        step: of its step.
        workspace: its folder, relative to the root.
        state: that it is in before the amendment; empty: it is new.
        differs: what of it is not as before: words of `DIFFERENCES`.
    """

    name: str
    step: str
    workspace: str
    state: str = ""
    differs: tuple[str, ...] = ()


@attrs.frozen(eq=False, repr=False)
class AmendPlan:
    """What an amendment does. Each list is in the order of the graph.

    Attributes:
        kept: how many instances keep state, logs and attempts.
        changed: run again (or for the first time) in their new form.
        again: run again because they come after a changed, or a new one.
        new: run for the first time.
        gone: forgotten by the graph; their folders stay.
        left: kept although they, or what they come after, have changed: as was asked for.
        stopped: of the changed, the again and the gone: those in flight, which are cancelled first.
        renamed: steps all of whose instances are gone, and as new: they have another parameter.
        origin: for each instance of the new graph its index in the old one; `NONE`: it is new.
        anew: 1 where an instance is as new: of the new, the changed and the again.
        to_stop: indexes in the old graph of `stopped`.
        held: indexes in the new graph of new instances that are held, as the rest of their step is.
    """

    kept: int
    changed: Sequence[Affected]
    again: Sequence[Affected]
    new: Sequence[Affected]
    gone: Sequence[Affected]
    left: Sequence[Affected]
    stopped: Sequence[Affected]
    renamed: Sequence[str]
    origin: array[int]
    anew: bytearray
    to_stop: frozenset[int]
    held: frozenset[int]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many are kept, changed, again, new and gone."""
        return {
            "kept": self.kept,
            "changed": len(self.changed),
            "again": len(self.again),
            "new": len(self.new),
            "gone": len(self.gone),
        }

    @property
    def lost(self) -> list[Affected]:
        """Return those that have finished and run again: their results are written over."""
        return [each for each in (*self.changed, *self.again) if each.state == "FINISHED"]

    @property
    def held_new(self) -> list[Affected]:
        """Return those of the new that are held."""
        places = (j for j, i in enumerate(self.origin) if i == NONE)
        return [each for j, each in zip(places, self.new, strict=True) if j in self.held]


@attrs.frozen(eq=False, repr=False)
class Amendment:
    """An amendment that is to take effect.

    Attributes:
        plan: what becomes of each instance.
        attempts: new instance → the highest attempt that its folder knows of, where there is one.
        study_id: names the study to schedulers from then on.
        record: of the journal.
        request: the record of who asked for it; None: nobody is known.
        closed: why nobody runs the study then; None: it goes on.
    """

    plan: AmendPlan
    attempts: Mapping[int, int]
    study_id: str
    record: AmendedRecord
    request: RequestRecord | None = None
    closed: str | None = None


def by_step(affected: Sequence[Affected]) -> dict[str, int]:
    """Return how many there are of each step."""
    return dict(Counter(each.step for each in affected))


def make_plan(
    difference: Difference, state: StudyState, *, only_new: bool = False, descendants: bool = True
) -> AmendPlan:
    """Plan an amendment.

    Args:
        difference: of the graphs.
        state: of the study, in the old graph.
        only_new: what has changed and has begun stays as it ran.
        descendants: what has finished after a changed or a new instance runs again, too.
    """
    old, new = difference.old, difference.new
    steps = [step.name for step in new.steps]
    step_of, groups, differs = new.step_of, new.groups, difference.differs
    codes, needs, start = state.state, new.needs, new.need_start
    changed: list[Affected] = []
    again: list[Affected] = []
    added: list[Affected] = []
    left: list[Affected] = []
    stopped: list[Affected] = []
    to_stop: set[int] = set()
    anew = bytearray(len(new))
    #: Instances, and steps with one, that are still to end as the new graph has it.
    open_ = bytearray(len(new))
    open_steps = bytearray(len(steps))

    def affected(j: int, i: int) -> Affected:
        name = NAMES[codes[i]] if i != NONE else ""
        words = differs.get(j, ())
        return Affected(new.names[j], steps[step_of[j]], new.workspaces[j], name, words)

    low = 0
    for j, i in enumerate(difference.origin):
        high = start[j + 1]
        first, low = low, high
        if i == NONE:
            added.append(affected(j, i))
            anew[j] = open_[j] = open_steps[step_of[j]] = 1
            continue
        begun = _has_begun(state, i)
        is_other = j in differs
        if is_other and not (only_new and begun):
            chosen = changed
        else:
            after = any(open_[need] for need in needs[first:high]) or any(
                open_steps[step] for step in groups.get(j, ())
            )
            if not after:
                if is_other:
                    left.append(affected(j, i))
                continue
            if codes[i] == SKIPPED:  # somebody wanted it so, whatever comes before it
                continue
            if not begun:
                open_[j] = open_steps[step_of[j]] = 1
                continue
            if codes[i] == FINISHED and not descendants:
                left.append(affected(j, i))
                continue
            chosen = again
        one = affected(j, i)
        chosen.append(one)
        anew[j] = open_[j] = open_steps[step_of[j]] = 1
        if codes[i] in IN_FLIGHT:
            stopped.append(one)
            to_stop.add(i)
    gone = [_gone(old, i, codes[i]) for i in difference.gone]
    to_stop.update(i for i in difference.gone if codes[i] in IN_FLIGHT)
    return AmendPlan(
        kept=len(new) - len(changed) - len(again) - len(added),
        changed=changed,
        again=again,
        new=added,
        gone=gone,
        left=left,
        stopped=[*stopped, *(each for each in gone if CODES[each.state] in IN_FLIGHT)],
        renamed=list(renamed_steps(difference)),
        origin=difference.origin,
        anew=anew,
        to_stop=frozenset(to_stop),
        held=_held(difference, state),
    )


def _held(difference: Difference, state: StudyState) -> frozenset[int]:
    """Return the new instances of steps of which all that could still start are held."""
    if not state.held:
        return frozenset()
    new = difference.new
    held: set[int] = set()
    free: set[int] = set()
    for j, i in enumerate(difference.origin):
        if i == NONE:
            continue
        if i in state.held:
            held.add(new.step_of[j])
        elif state.state[i] in _MAY_START:
            free.add(new.step_of[j])
    steps = held - free
    return frozenset(
        j for j, i in enumerate(difference.origin) if i == NONE and new.step_of[j] in steps
    )


def _gone(old: Graph, i: int, code: int) -> Affected:
    return Affected(old.names[i], old.steps[old.step_of[i]].name, old.workspaces[i], NAMES[code])


def _has_begun(state: StudyState, i: int) -> bool:
    """Tell whether an instance has been submitted, or has ended, be it as one before it did."""
    code = state.state[i]
    return code != INITIALIZED and not (code == QUEUED and i not in state.before)
