"""Expand a workspace: from its `spec.msgpack` to its `graph.msgpack`. Works on the disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import attrs

from maestro_graph.acquisition import acquire
from maestro_graph.errors import FormatError, StudyError
from maestro_graph.expansion.expand import expand
from maestro_graph.files.graph_file import write_graph
from maestro_graph.files.meta_yaml import write_meta
from maestro_graph.files.parameters_file import read_parameters, write_parameters
from maestro_graph.files.spec_file import read_spec
from maestro_graph.model.earlier import Amendment
from maestro_graph.model.graph import Graph
from maestro_graph.model.parameters import ParameterTable
from maestro_graph.parameters.pgen import load_pgen
from maestro_graph.parameters.table_builder import build_table


def expand_workspace(
    folder: str | os.PathLike[str],
    parameters: ParameterTable | None = None,
    *,
    root: str | os.PathLike[str] | None = None,
    hash_workspaces: bool = False,
    shared: bool = False,
    amendment: Amendment | None = None,
    environ: Mapping[str, str] | None = None,
) -> Graph:
    """Expand the study of a workspace and write what the graph package owns there.

    Dependencies are acquired; then ``parameters.msgpack``, ``graph.msgpack`` and ``meta/`` are
    replaced.

    Args:
        folder: the workspace; it holds ``.maestro/spec.msgpack``.
        parameters: the table; by default that of ``parameters.msgpack`` if a generator file made
            it, and else the study's own factors multiplied out.
        root: where the workspace will be, if it is to be renamed.
        hash_workspaces: number the workspaces instead of naming them by their combination.
        shared: give ``.maestro/`` the mode of the workspace instead of 0700.
        amendment: the study at ``root`` is there already, and becomes this one: instances whose names
            it has keep their places, numbered or named as they were.
        environ: what ``meta/environment.yaml`` lists; by default this process's environment.

    Raises:
        GraphError: the kind of error says why.
        OSError: a file cannot be written.
    """
    folder = Path(folder).absolute()
    root = os.path.normpath(folder if root is None else root)
    private = folder / ".maestro"
    if (private / "journal.msgpack").exists():
        # The journal names instances by their index in the graph.
        raise StudyError(
            f"the study in {folder} has been started: its graph stays as it is",
            hint="expand it in a new workspace",
        )
    document = read_spec(private / "spec.msgpack")
    protect(folder, shared=shared)
    earlier = None if amendment is None else amendment.earlier
    table = parameters or _stored_table(private / "parameters.msgpack")
    if table is None:
        table = build_table(document, None if earlier is None else earlier.labels)
    acquire(document, root, staging=folder, amends=amendment is not None)
    graph = expand(document, table, root=root, hash_workspaces=hash_workspaces, earlier=earlier)
    if amendment is not None and earlier is not None:
        graph = attrs.evolve(graph, amendment=amendment.id, amends=earlier.amendment)
    write_parameters(table, private / "parameters.msgpack")
    write_graph(graph, private / "graph.msgpack")
    write_meta(graph, table, folder, os.environ if environ is None else environ)
    return graph


def generate(
    folder: str | os.PathLike[str], pgen: str | os.PathLike[str], pargs: Mapping[str, str]
) -> ParameterTable:
    """Run a generator file for the study of a workspace.

    Args:
        folder: the workspace; the file may write there.
        pgen: the generator file.
        pargs: keyword arguments for its function.

    Raises:
        PgenError: the file failed.
    """
    folder = Path(folder).absolute()
    return load_pgen(pgen, pargs, read_spec(folder / ".maestro" / "spec.msgpack"), folder)


def _stored_table(path: Path) -> ParameterTable | None:
    """Return the table that a generator file made; the study's own is built anew."""
    if not path.exists():
        return None
    table = read_parameters(path)
    return table if table.source == "pgen" else None


def protect(folder: str | os.PathLike[str], *, shared: bool) -> None:
    """Set the mode of ``.maestro/``: commands and parameters may hold secrets.

    Args:
        folder: the workspace.
        shared: the group may read it too; others never may.

    Raises:
        FormatError: there is no ``.maestro/``.
    """
    private = Path(folder, ".maestro")
    if not private.is_dir():
        raise FormatError(f"{folder} holds no .maestro/", hint="make it with `maestro run`")
    if not shared:
        private.chmod(0o700)
        return
    private.chmod(0o750)
    for path in private.iterdir():
        path.chmod(stat.S_IMODE(path.stat().st_mode) | 0o040)
