"""Write `meta/*.yaml`: what a study was made of, for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from maestro_graph.files.atomic_write import replaced
from maestro_graph.files.yaml_text import flow, quoted
from maestro_graph.model.graph import Graph, GraphStep
from maestro_graph.model.parameters import ParameterTable

#: Variables with one of these in their name are taken for secrets.
SECRET_MARKS = ("TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "KEY", "AUTH")


def write_meta(
    graph: Graph, table: ParameterTable, root: str | Path, environ: Mapping[str, str]
) -> None:
    """Write the three files of ``meta/``.

    Args:
        graph: the expanded study.
        table: its parameters.
        root: the folder that the workspace is in now.
        environ: the environment in which the study is made; secrets are left out.

    Raises:
        OSError: one cannot be written.
    """
    folder = Path(root) / "meta"
    folder.mkdir(exist_ok=True)
    _write(folder / "metadata.yaml", _metadata(graph))
    _write(folder / "parameters.yaml", _parameters(table))
    _write(folder / "environment.yaml", _environment(environ), mode=0o600)


def _write(path: Path, lines: Iterable[str], *, mode: int | None = None) -> None:
    with replaced(path, mode=mode) as stream:
        stream.write("".join(lines).encode())


def _metadata(graph: Graph) -> Iterable[str]:
    yield f"name: {flow(graph.name)}\n"
    yield f"description: {flow(graph.description)}\n"
    if not graph.steps:
        yield "steps: {}\n"
        return
    yield "steps:\n"
    # Steps that use the same parameters have the same combinations, in the same order.
    texts: dict[tuple[str, ...], list[str]] = {}
    for step in graph.steps:
        if step.parameters not in texts:
            texts[step.parameters] = [
                flow({value.name: value.value for value in values})
                for values in graph.instances.values(step)
            ]
        yield from _step(graph, step, texts[step.parameters])


def _step(graph: Graph, step: GraphStep, parameters: Iterable[str]) -> Iterable[str]:
    yield f"{_key('  ', step.name)}\n    parameters: {flow(step.parameters)}\n"
    workspaces = ["    workspaces:\n"]
    yield "    instances:\n"
    for (name, workspace), text in zip(graph.instances.listing(step), parameters, strict=True):
        key = _key("      ", name)
        yield f"{key} {text}\n"
        workspaces.append(f"{key} {quoted(workspace)}\n")
    yield from workspaces


def _key(indent: str, name: str) -> str:
    """Return the start of a map's entry, up to the colon."""
    key = quoted(name)
    # YAML limits a key before its colon to 1024 characters; longer ones need the question mark.
    return f"{indent}{key}:" if len(key) <= 1000 else f"{indent}? {key}\n{indent}:"


def _parameters(table: ParameterTable) -> Iterable[str]:
    if not table.columns:
        yield "parameters: {}\ncombinations: []\n"
        return
    yield "parameters:\n"
    for column in table.columns:
        yield _key("  ", column.name) + "\n"
        yield f"    title: {quoted(column.title)}\n"
        yield f"    values: {flow(column.values)}\n"
        yield f"    labels: {flow(column.labels)}\n"
    yield "combinations:\n"
    names = [quoted(column.name) for column in table.columns]
    for row in zip(*(column.values for column in table.columns), strict=True):
        pairs = ", ".join(f"{name}: {flow(value)}" for name, value in zip(names, row, strict=True))
        yield f"- {{{pairs}}}\n"


def _environment(environ: Mapping[str, str]) -> Iterable[str]:
    kept = {name: value for name, value in environ.items() if not is_secret(name)}
    yield "environment:\n" if kept else "environment: {}\n"
    for name in sorted(kept):
        yield f"{_key('  ', name)} {quoted(kept[name])}\n"
    yield f"left_out: {len(environ) - len(kept)}\n"


def is_secret(name: str) -> bool:
    """Return whether the value of an environment variable of this name is to be left out."""
    upper = name.upper()
    return any(mark in upper for mark in SECRET_MARKS)
