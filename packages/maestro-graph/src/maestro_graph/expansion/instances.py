"""Make instances one by one from the plans of their steps."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import attrs

from maestro_graph.expansion.combinations import Combinations
from maestro_graph.model.earlier import Place
from maestro_graph.model.graph import (
    GraphStep,
    Instance,
    InstanceSequence,
    Resources,
    Result,
    Value,
)
from maestro_graph.parameters import naming
from maestro_graph.parameters.substitution import Template


@attrs.frozen(kw_only=True, eq=False)
class StepPlan:
    """All that is needed to make any instance of a step.

    Attributes:
        rows: for each instance the row of the table that it takes.
        combinations: None for a step that uses no parameter.
        hashed: scripts and logs are numbered as the workspaces are.
        workspaces: for each instance its folder, relative to the root.
        places: the same with the names of its files, of an amended study with numbered workspaces.
        cells: for each used parameter, sorted, one `Value` per row.
        description: None where it is the same for all.
        resources: one for all instances, or one per instance.
        needs: plans of the steps whose instance of the same row is waited for.
        groups: indexes of the steps all of whose instances are waited for, sorted.
        results: one set for all instances, or one per instance.
    """

    step: GraphStep
    rows: Sequence[int]
    combinations: Combinations | None
    hashed: bool
    workspaces: Sequence[str]
    places: Sequence[Place] | None = None
    cells: tuple[Sequence[Value], ...]
    description: Template | None
    command: Template
    restart: Template | None
    resources: Sequence[Resources]
    needs: tuple[StepPlan, ...]
    groups: tuple[int, ...]
    results: Sequence[tuple[Result, ...]] = ((),)

    def index_of(self, row: int) -> int:
        """Return the index of the instance that a row of the table belongs to."""
        if self.combinations is None:
            return self.step.first
        return self.step.first + self.combinations.of_row[row]

    def name(self, position: int) -> str:
        """Return the name of an instance as people see it."""
        if self.combinations is None:
            return self.step.name
        return f"{self.step.name}_{self.combinations.names[position]}"

    def values(self, row: int) -> tuple[Value, ...]:
        """Return the used parameters in a row of the table."""
        return tuple([column[row] for column in self.cells])

    def make(self, positions: Iterable[int]) -> Iterator[Instance]:
        """Make the instances at some positions among those of this step."""
        step, rows, workspaces = self.step, self.rows, self.workspaces
        command, restart, description = self.command, self.restart, self.description
        shared = self.resources[0] if len(self.resources) == 1 else None
        results = None if len(self.results) == 1 else self.results
        numbered = self.hashed and self.combinations is not None
        places = self.places
        for position in positions:
            row = rows[position]
            name = self.name(position)
            if places is not None:
                _, script, label = places[position]
            else:
                stem = hashed_name(step.name, position, step.count) if numbered else name
                script, label = naming.stems(stem)
            resources = shared or self.resources[position]
            said = None if description is None else description.render(row)
            own = None if results is None else results[position]
            yield Instance(
                step.first + position,
                name,
                step.index,
                None if said == step.description else said,
                self.values(row),
                workspaces[position],
                script,
                label,
                bool(resources.nodes or resources.procs),
                command.render(row),
                None if restart is None else restart.render(row),
                None if shared or resources == step.resources else resources,
                tuple(sorted([plan.index_of(row) for plan in self.needs])),
                self.groups,
                None if own == step.results else own,
            )


class Instances(InstanceSequence):
    """All instances of a graph, made when they are asked for.

    Args:
        plans: of the steps, in topological order.
    """

    __slots__ = ("_firsts", "_plans")

    def __init__(self, plans: tuple[StepPlan, ...]) -> None:
        self._plans = plans
        self._firsts = [plan.step.first for plan in plans]

    def __len__(self) -> int:
        return sum(plan.step.count for plan in self._plans)

    def listing(self, step: GraphStep) -> Iterator[tuple[str, str]]:
        """Yield name and workspace of a step's instances, without all that goes into a command."""
        plan = self._plans[step.index]
        return zip(map(plan.name, range(step.count)), plan.workspaces, strict=True)

    def values(self, step: GraphStep) -> Iterator[tuple[Value, ...]]:
        """Yield the parameters of a step's instances."""
        plan = self._plans[step.index]
        return map(plan.values, plan.rows)

    def __iter__(self) -> Iterator[Instance]:
        for plan in self._plans:
            yield from plan.make(range(plan.step.count))

    @overload
    def __getitem__(self, index: int) -> Instance: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Instance]: ...
    def __getitem__(self, index: int | slice) -> Instance | Sequence[Instance]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        plan = self._plans[bisect.bisect_right(self._firsts, index) - 1]
        return next(plan.make([index - plan.step.first]))


def hashed_name(step: str, position: int, count: int) -> str:
    """Return the name of a numbered workspace: all of a step have the same width."""
    return f"{step}_instance_{position:0{len(str(count - 1))}d}"
