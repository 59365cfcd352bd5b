"""Plan the instances of steps, one step after the other; pure."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence

from maestro_graph.expansion.combinations import Combinations, cells, combine
from maestro_graph.expansion.instances import StepPlan, hashed_name
from maestro_graph.expansion.kept_places import KeptPlaces
from maestro_graph.expansion.known_tokens import KnownTokens
from maestro_graph.expansion.resources import map_resources, settle, texts_of
from maestro_graph.expansion.results import resolve_results
from maestro_graph.expansion.step_order import Links, workspace_token
from maestro_graph.model.earlier import Place
from maestro_graph.model.graph import GraphStep, Resources
from maestro_graph.model.parameters import ParameterTable
from maestro_graph.model.spec import SpecStep
from maestro_graph.parameters import naming
from maestro_graph.parameters.environment import OUTPUT_PATH
from maestro_graph.parameters.substitution import Given, Plain, Template, compile_template


class Planner:
    """Plans the steps of one study, each behind those that it waits for.

    Args:
        table: all parameters.
        tokens: what the tokens of the study give.
        scheduler: the type of the batch block.
        hash_workspaces: number the workspaces instead of naming them by their combination.
        kept: places that instances of an amended study keep; None: it is made anew.

    Attributes:
        plans: step name → plan, in the order in which they were made.
    """

    def __init__(
        self,
        table: ParameterTable,
        tokens: KnownTokens,
        *,
        scheduler: str,
        hash_workspaces: bool,
        kept: KeptPlaces | None = None,
    ) -> None:
        self.plans: dict[str, StepPlan] = {}
        self._table = table
        self._tokens = tokens
        self._scheduler = scheduler
        self._hashed = hash_workspaces
        self._kept = kept
        self._cells = cells(table)
        self._combined: dict[frozenset[str], Combinations] = {}
        self._used: dict[str, frozenset[str]] = {}

    def plan(self, step: SpecStep, named: frozenset[str], links: Links, folder: str) -> None:
        """Plan a step.

        Args:
            step: with the tokens of its `env` replaced.
            named: the parameters that its own texts name.
            links: what it waits for; those are planned already.
            folder: its folder, relative to the root.

        Raises:
            TokenError: an instance's tokens cannot be resolved.
            ResourceError: its resources are not what they must be.
            ResultError: a result is not in its folder.
        """
        used = named.union(*(self._used[name] for name in links.plain))
        self._used[step.name] = used
        combinations = self._combinations(used) if used else None
        rows = combinations.rows if combinations else (0,)
        places = self._numbered(step.name, folder, combinations)
        workspaces = (
            [place.workspace for place in places]
            if places
            else self._workspaces(step.name, folder, combinations)
        )
        own = self._per_row(workspaces, combinations)
        known: Mapping[str, Given] = ChainMap(
            self._tokens.given,
            self._workspace_tokens(links),
            {workspace_token(step.name): own, "WORKSPACE": own},
        )
        description = compile_template(step.description, self._tokens.described, self._tokens.given)
        command = compile_template(step.command, self._tokens.commands, known)
        restart = (
            None
            if step.restart is None
            else compile_template(step.restart, self._tokens.commands, known)
        )
        for template in filter(None, (description, command, restart)):
            template.verify(rows)
        resources = self._resources(step, rows)
        results = resolve_results(step, rows, self._tokens)
        self.plans[step.name] = StepPlan(
            step=GraphStep(
                index=len(self.plans),
                name=step.name,
                description=description.render(rows[0]),
                workspace=folder,
                parameters=combinations.parameters if combinations else (),
                first=self._next_index(),
                count=len(rows),
                resources=resources[0],
                failure=step.failure,
                results=results[0],
            ),
            rows=rows,
            combinations=combinations,
            hashed=self._hashed,
            workspaces=workspaces,
            places=places,
            cells=tuple(self._cells[name] for name in sorted(used)),
            description=None if description.constant else description,
            command=command,
            restart=restart,
            resources=resources,
            needs=tuple(self.plans[name] for name in links.plain),
            groups=tuple(sorted(self.plans[name].step.index for name in links.funnels)),
            results=results,
        )

    def _combinations(self, used: frozenset[str]) -> Combinations:
        if used not in self._combined:
            self._combined[used] = combine(self._table, used)
        return self._combined[used]

    def _next_index(self) -> int:
        if not self.plans:
            return 0
        last = next(reversed(self.plans.values())).step
        return last.first + last.count

    def _workspaces(
        self, name: str, folder: str, combinations: Combinations | None
    ) -> Sequence[str]:
        """Return one folder per instance, relative to the root."""
        if combinations is None:
            return (folder,) if self._kept is None else self._kept.workspaces([name], [folder])
        if not self._hashed:
            wanted = [f"{folder}/{each}" for each in combinations.folders]
            if self._kept is None:
                return wanted
            return self._kept.workspaces([f"{name}_{each}" for each in combinations.names], wanted)
        return [
            f"{folder}/{naming.clean(hashed_name(name, position, len(combinations.rows)))}"
            for position in range(len(combinations.rows))
        ]

    def _numbered(
        self, name: str, folder: str, combinations: Combinations | None
    ) -> Sequence[Place] | None:
        """Return the places of an amended study's instances, where they are numbered."""
        if self._kept is None or not self._hashed or combinations is None:
            return None
        names = [f"{name}_{each}" for each in combinations.names]
        count = len(names)
        return self._kept.numbered(names, folder, lambda number: hashed_name(name, number, count))

    def _per_row(self, workspaces: Sequence[str], combinations: Combinations | None) -> Given:
        named = [f"{OUTPUT_PATH}/{workspace}" for workspace in workspaces]
        if combinations is None:
            return named[0]
        return Plain([named[position] for position in combinations.of_row])

    def _workspace_tokens(self, links: Links) -> dict[str, Given]:
        known: dict[str, Given] = {}
        for name in links.plain:
            plan = self.plans[name]
            known[workspace_token(name)] = self._per_row(plan.workspaces, plan.combinations)
        for name in links.funnels:
            folder = self.plans[name].step.workspace
            known[workspace_token(name)] = f"{OUTPUT_PATH}/{folder}"
        return known

    def _resources(self, step: SpecStep, rows: Sequence[int]) -> Sequence[Resources]:
        """Return one set of resources for all instances, or one per instance."""
        where = f"step {step.name}"
        templates = [
            compile_template(text, self._tokens.described, self._tokens.given)
            for text in texts_of(step.resources)
        ]
        if all(template.constant for template in templates):
            return (settle(self._fill(step, templates, rows[0]), where, self._scheduler),)
        settled: dict[tuple[str, ...], Resources] = {}
        for row in rows:
            texts = tuple(template.render(row) for template in templates)
            if texts not in settled:
                settled[texts] = settle(
                    self._fill(step, templates, row),
                    f"{where} in row {row + 1} of the parameters",
                    self._scheduler,
                )
        return [settled[tuple(template.render(row) for template in templates)] for row in rows]

    def _fill(self, step: SpecStep, templates: Sequence[Template], row: int) -> Resources:
        texts = iter([template.render(row) for template in templates])
        return map_resources(step.resources, lambda _: next(texts))
