"""Expand a study and its parameters into a graph of instances; pure."""

from __future__ import annotations

import os.path
from collections.abc import Mapping

from maestro_graph.errors import ParameterError
from maestro_graph.expansion import step_order
from maestro_graph.expansion.instance_names import check_names, shared_names
from maestro_graph.expansion.instances import Instances
from maestro_graph.expansion.kept_places import KeptPlaces
from maestro_graph.expansion.known_tokens import known_tokens
from maestro_graph.expansion.planner import Planner
from maestro_graph.expansion.resources import settle_batch
from maestro_graph.expansion.usage import (
    mentioned_tokens,
    nested_tokens,
    used_by_itself,
    with_environment,
)
from maestro_graph.files.spec_file import view
from maestro_graph.model.earlier import Earlier
from maestro_graph.model.graph import Graph
from maestro_graph.model.parameters import ParameterTable
from maestro_graph.model.spec import Spec
from maestro_graph.parameters import naming
from maestro_graph.parameters.environment import default_root
from maestro_graph.parameters.table_builder import table_of_spec


def expand(
    spec_document: Mapping[str, object],
    parameters: ParameterTable | None = None,
    *,
    root: str | os.PathLike[str] | None = None,
    hash_workspaces: bool = False,
    earlier: Earlier | None = None,
) -> Graph:
    """Expand a study into its instances.

    Nothing is looked at on disk: dependencies are not checked (see `maestro_graph.acquire`), and a
    study whose parameters stand in a CSV file needs its table (see `maestro_graph.build_table`).

    Args:
        spec_document: record ``Spec`` of the format page.
        parameters: the table; by default the study's own factors multiplied out.
        root: absolute path of the workspace; by default the study's name in its own folder.
        hash_workspaces: number the workspaces instead of naming them by their combination.
        earlier: what an amended study keeps: its names have the places that they had, and its
            workspaces are numbered or named as they were.

    Returns:
        The graph. Its instances are made when they are iterated over. ``$(OUTPUT_PATH)`` in its
        texts stands for the root.

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
    known = None if earlier is None else earlier.labels
    table = table_of_spec(spec, known) if parameters is None else parameters
    if table.columns and not table.rows:
        raise ParameterError(
            "the table of parameters has no row", hint="give each parameter a value"
        )
    where = default_root(spec) if root is None else os.path.normpath(root)
    return _graph(
        spec, table, where, hash_workspaces if earlier is None else earlier.hashws, earlier
    )


def _graph(
    spec: Spec, table: ParameterTable, root: str, hash_workspaces: bool, earlier: Earlier | None
) -> Graph:
    kept = None if earlier is None else KeptPlaces(earlier)
    tokens = known_tokens(spec, table, root)
    resolved = [with_environment(step, tokens.replace_env) for step in spec.steps]
    nested = nested_tokens(table, tokens.replace_env)
    used = {}
    mentions = {}
    for step in resolved:
        used[step.name] = used_by_itself(step, nested)
        mentions[step.name] = mentioned_tokens(step, used[step.name], nested, tokens.workspaces)
    links = step_order.link(resolved, mentions)
    steps = {step.name: step for step in resolved}
    folders = dict(zip(steps, naming.clean_together(list(steps)), strict=True))
    if kept is not None:
        folders = kept.folders(folders)
    planner = Planner(
        table, tokens, scheduler=spec.batch.type, hash_workspaces=hash_workspaces, kept=kept
    )
    for name in step_order.order(links):
        planner.plan(steps[name], used[name], links[name], folders[name])
    check_names(planner.plans)
    plans = tuple(planner.plans.values())
    return Graph(
        name=spec.name,
        description=spec.description,
        root=root,
        specroot=spec.specroot,
        hashws=hash_workspaces,
        batch=settle_batch(spec.batch, tokens.replace_env),
        parameters=tuple(column.name for column in table.columns),
        steps=tuple(plan.step for plan in plans),
        instances=Instances(plans),
        notices=tuple(shared_names(plans)),
    )
