"""A study × its parameters → instances and edges; pure."""

from __future__ import annotations

import os.path
from collections import ChainMap
from collections.abc import Mapping, Sequence
from typing import Any

from maestro_graph.errors import ParameterError, StudyError, TokenError
from maestro_graph.expansion import step_order
from maestro_graph.expansion.combinations import Combinations, cells, combine
from maestro_graph.expansion.instances import Instances, StepPlan, hashed_name
from maestro_graph.expansion.resources import map_resources, settle, settle_batch, texts_of
from maestro_graph.expansion.usage import (
    mentioned_tokens,
    nested_tokens,
    token_texts,
    used_by_itself,
    with_environment,
)
from maestro_graph.files.spec_file import Spec, SpecStep, view
from maestro_graph.model.graph import Graph, GraphStep, Resources
from maestro_graph.model.parameters import ParameterTable
from maestro_graph.parameters import naming
from maestro_graph.parameters.environment import default_root, resolve_environment
from maestro_graph.parameters.substitution import (
    Given,
    Template,
    Tokens,
    compile_template,
    replace_all,
    stands_for_itself,
)
from maestro_graph.parameters.table_builder import table_of_spec


def expand(
    spec_document: Mapping[str, Any],
    parameters: ParameterTable | None = None,
    *,
    root: str | os.PathLike[str] | None = None,
    hash_workspaces: bool = False,
) -> Graph:
    """Expand a study into its instances.

    Nothing is looked at on disk: dependencies are not checked (see `maestro_graph.acquire`), and a
    study whose parameters stand in a CSV file needs its table (see `maestro_graph.build_table`).

    Args:
        spec_document: record ``Spec`` of the format page.
        parameters: the table; by default the study's own factors multiplied out.
        root: absolute path of the workspace; by default the study's name in its own folder.
        hash_workspaces: number the workspaces instead of naming them by their combination.

    Returns:
        The graph. Its instances are made when they are iterated over.

    Raises:
        StudyError: the study cannot be expanded; the kind of error says why.
        FormatError: it is no spec document.
    """
    spec = view(spec_document)
    files = [factor.csv for factor in spec.parameters if factor.csv is not None]
    if parameters is None and files:
        raise ParameterError(
            f"the parameters stand in {', '.join(files)}, and an expansion reads no files",
            hint="give it the table that build_table(spec_document) reads",
        )
    table = table_of_spec(spec) if parameters is None else parameters
    return _Expansion(
        spec,
        table,
        default_root(spec) if root is None else os.path.normpath(root),
        hash_workspaces,
    ).graph()


class _Expansion:
    """The state of one expansion: what is known of the steps so far."""

    def __init__(self, spec: Spec, table: ParameterTable, root: str, hash_workspaces: bool) -> None:
        if table.columns and not table.rows:
            raise ParameterError(
                "the table of parameters has no row", hint="give each parameter a value"
            )
        self.spec = spec
        self.table = table
        self.root = root
        self.hash_workspaces = hash_workspaces
        self.env = _without_parameters(resolve_environment(spec, root), table)
        self.env_tokens = Tokens(self.env)
        # Where two things have one name, the environment's comes first, as it does upstream.
        self.known: dict[str, Given] = {**token_texts(table), **self.env}
        self.tokens = Tokens(self.known)
        self.workspace_tokens = Tokens(step_order.workspace_token(step.name) for step in spec.steps)
        self.command_tokens = Tokens(
            [
                *self.known,
                *map(step_order.workspace_token, (step.name for step in spec.steps)),
                "WORKSPACE",
            ]
        )
        self.cells = cells(table)
        self.combinations: dict[frozenset[str], Combinations] = {}
        self.plans: dict[str, StepPlan] = {}
        self.used: dict[str, frozenset[str]] = {}

    def replace_env(self, text: str) -> str:
        """Put the environment into a text."""
        return replace_all(text, self.env_tokens, self.env.__getitem__)

    def graph(self) -> Graph:
        resolved = [with_environment(step, self.replace_env) for step in self.spec.steps]
        links = self._links(resolved)
        steps = {step.name: step for step in resolved}
        names = [step.name for step in self.spec.steps]
        folders = dict(zip(names, naming.clean_together(names), strict=True))
        for name in step_order.order(links):
            self._plan(steps[name], links[name], folders[name])
        self._check_names()
        plans = tuple(self.plans.values())
        return Graph(
            name=self.spec.name,
            description=self.spec.description,
            root=self.root,
            specroot=self.spec.specroot,
            hashws=self.hash_workspaces,
            batch=settle_batch(self.spec.batch, self.replace_env),
            parameters=tuple(column.name for column in self.table.columns),
            steps=tuple(plan.step for plan in plans),
            instances=Instances(plans),
            notices=tuple(self._notices(plans)),
        )

    def _links(self, steps: list[SpecStep]) -> dict[str, step_order.Links]:
        nested = nested_tokens(self.table, self.replace_env)
        mentions = {}
        for step in steps:
            self.used[step.name] = used_by_itself(step, nested)
            mentions[step.name] = mentioned_tokens(
                step, self.used[step.name], nested, self.workspace_tokens
            )
        return step_order.link(steps, mentions)

    def _plan(self, step: SpecStep, links: step_order.Links, folder: str) -> None:
        used = self.used[step.name].union(*(self.used[name] for name in links.plain))
        self.used[step.name] = used
        combinations = self._combinations(used) if used else None
        rows = combinations.rows if combinations else (0,)
        workspaces = self._workspaces(step.name, folder, combinations)
        own = self._per_row(workspaces, combinations)
        known: Mapping[str, Given] = ChainMap(
            self.known,
            self._workspace_tokens(links),
            {step_order.workspace_token(step.name): own, "WORKSPACE": own},
        )
        description = compile_template(step.description, self.tokens, self.known)
        command = compile_template(step.command, self.command_tokens, known)
        restart = (
            None
            if step.restart is None
            else compile_template(step.restart, self.command_tokens, known)
        )
        for template in filter(None, (description, command, restart)):
            template.verify(rows)
        resources = self._resources(step, rows)
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
            ),
            rows=rows,
            combinations=combinations,
            hashed=self.hash_workspaces,
            workspaces=workspaces,
            cells=tuple(self.cells[name] for name in sorted(used)),
            description=None if description.constant else description,
            command=command,
            restart=restart,
            resources=resources,
            needs=tuple(self.plans[name] for name in links.plain),
            groups=tuple(sorted(self.plans[name].step.index for name in links.funnels)),
        )

    def _combinations(self, used: frozenset[str]) -> Combinations:
        if used not in self.combinations:
            self.combinations[used] = combine(self.table, used)
        return self.combinations[used]

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
            return (folder,)
        if not self.hash_workspaces:
            return [f"{folder}/{each}" for each in combinations.folders]
        return [
            f"{folder}/{naming.clean(hashed_name(name, position, len(combinations.rows)))}"
            for position in range(len(combinations.rows))
        ]

    def _per_row(self, workspaces: Sequence[str], combinations: Combinations | None) -> Given:
        absolute = [f"{self.root}/{workspace}" for workspace in workspaces]
        if combinations is None:
            return absolute[0]
        return [absolute[position] for position in combinations.of_row]

    def _workspace_tokens(self, links: step_order.Links) -> dict[str, Given]:
        known: dict[str, Given] = {}
        for name in links.plain:
            plan = self.plans[name]
            known[step_order.workspace_token(name)] = self._per_row(
                plan.workspaces, plan.combinations
            )
        for name in links.funnels:
            folder = self.plans[name].step.workspace
            known[step_order.workspace_token(name)] = f"{self.root}/{folder}"
        return known

    def _resources(self, step: SpecStep, rows: Sequence[int]) -> Sequence[Resources]:
        """Return one set of resources for all instances, or one per instance."""
        where = f"step {step.name}"
        templates = [
            compile_template(text, self.tokens, self.known) for text in texts_of(step.resources)
        ]
        if all(template.constant for template in templates):
            return (settle(self._fill(step, templates, rows[0]), where, self.spec.batch.type),)
        settled: dict[tuple[str, ...], Resources] = {}
        for row in rows:
            texts = tuple(template.render(row) for template in templates)
            if texts not in settled:
                settled[texts] = settle(
                    self._fill(step, templates, row),
                    f"{where} in row {row + 1} of the parameters",
                    self.spec.batch.type,
                )
        return [settled[tuple(template.render(row) for template in templates)] for row in rows]

    def _fill(self, step: SpecStep, templates: Sequence[Template], row: int) -> Resources:
        texts = iter([template.render(row) for template in templates])
        return map_resources(step.resources, lambda _: next(texts))

    def _check_names(self) -> None:
        """See that no two steps have an instance of one name.

        Raises:
            StudyError: ``a_X.1``, and the instance of ``a`` that is called so.
        """
        for longer in self.plans.values():
            parts = longer.step.name.split("_")
            for count in range(1, len(parts)):
                shorter = self.plans.get("_".join(parts[:count]))
                if shorter is None or shorter.combinations is None:
                    continue
                taken = set(shorter.combinations.names)
                rest = "_".join(parts[count:])
                names = longer.combinations.names if longer.combinations else None
                wanted = [rest] if names is None else [f"{rest}_{name}" for name in names]
                for name in wanted:
                    if name in taken:
                        raise StudyError(
                            f"an instance of step {shorter.step.name} and one of step"
                            f" {longer.step.name} would both be called {shorter.step.name}_{name}",
                            hint="rename one of the steps, or change the label of a parameter",
                        )

    def _notices(self, plans: Sequence[StepPlan]) -> list[str]:
        """Say which combinations share a name though their values differ."""
        notices = []
        for plan in plans:
            for first, later in plan.combinations.merged if plan.combinations else ():
                notices.append(
                    f"step {plan.step.name}: rows {first + 1} and {later + 1} of the parameters"
                    f" differ but have the same labels; only row {first + 1} is run"
                )
        return notices


def _without_parameters(env: Mapping[str, str], table: ParameterTable) -> dict[str, str]:
    """Return the `env` without the names that stand for a parameter, as in ``X: $(X)``.

    Raises:
        TokenError: there is no such parameter.
    """
    parameters = {column.name for column in table.columns}
    for name, text in env.items():
        if stands_for_itself(name, text) and name not in parameters:
            raise TokenError(
                f"the variable {name} stands for itself, and no parameter is called {name}",
                hint=f"give it a value, or a parameter {name} in the study or its generator file",
            )
    return {name: text for name, text in env.items() if not stands_for_itself(name, text)}
