"""Plain values → `Study`. What is missing or wrong becomes a default and a gap."""

from __future__ import annotations

from typing import Any

import attrs

from maestro_spec.diagnostics.problems import Path, Problem
from maestro_spec.model.study import (
    Batch,
    Column,
    Env,
    Factor,
    Failure,
    GitDependency,
    PathDependency,
    Range,
    Resources,
    Step,
    Study,
    Variable,
)
from maestro_spec.schema.read import Reader
from maestro_spec.schema.read_scalar import INVALID
from maestro_spec.schema.study_file import STUDY
from maestro_spec.yaml.nodes import Document, Mapping, Position, Scalar

PARAMETERS = "global.parameters"

_RESOURCES = {
    "cores per task": "cores_per_task",
    "tasks per rs": "tasks_per_rs",
    "rs per node": "rs_per_node",
    "cpus per rs": "cpus_per_rs",
    "bind gpus": "bind_gpus",
    "enforce walltime": "enforce_walltime",
}
_PLAIN_RESOURCES = {field.name for field in attrs.fields(Resources)} - {
    "exclusive_allocation",
    "exclusive_launcher",
}


def build(document: Document) -> tuple[Study | None, list[Problem]]:
    """A document as a study, as whole as it can be, and all that is wrong with its structure.

    Returns:
        None in place of the study where the document is no map at all.
    """
    reader = Reader(document)
    nothing = Scalar("", "null", None, Position(), Position())
    root = document.root if document.root is not None else nothing
    values = reader.record(root, STUDY, ())
    if values is INVALID:
        return None, reader.problems
    description = values.get("description", {})
    known = {"name", "description"}
    return (
        Study(
            name=description.get("name", ""),
            description=description.get("description", ""),
            extra={k: v for k, v in description.items() if k not in known},
            env=_env(values.get("env", {})),
            parameters=_parameters(reader, values.get(PARAMETERS, {})),
            steps=tuple(
                _step(step, ("study", number))
                for number, step in _numbered(document, values.get("study", []))
            ),
            batch=batch(values.get("batch", {})),
            document=document,
            gaps=_gaps(reader.problems),
        ),
        reader.problems,
    )


def _gaps(problems: list[Problem]) -> frozenset[str]:
    """The sections in which something could not be read."""
    wrong = [p for p in problems if p.severity == "error"]
    return frozenset(str(p.path[0]) if p.path else "" for p in wrong)


def _numbered(document: Document, steps: list[Any]) -> list[tuple[int, Any]]:
    """Steps with their numbers in the file; those that are no maps at all are not among them."""
    _, node = document.find(("study",))
    items = getattr(node, "items", [])
    numbers = [number for number, item in enumerate(items) if isinstance(item, Mapping)]
    return list(zip(numbers, steps, strict=True))


def _env(values: dict[str, Any]) -> Env:
    dependencies = values.get("dependencies", {})
    return Env(
        variables=tuple(
            Variable(name, value, ("env", "variables", name))
            for name, value in values.get("variables", {}).items()
        ),
        labels=tuple(
            Variable(name, _as_scalar(value), ("env", "labels", name))
            for name, value in values.get("labels", {}).items()
        ),
        sources=tuple(values.get("sources", ())),
        paths=tuple(
            PathDependency(item["name"], item["path"], ("env", "dependencies", "paths", number))
            for number, item in enumerate(dependencies.get("paths", ()))
            if {"name", "path"} <= item.keys()
        ),
        git=tuple(
            GitDependency(
                item["name"],
                item["path"],
                item["url"],
                item.get("tag"),
                item.get("hash"),
                item.get("branch"),
                ("env", "dependencies", "git", number),
            )
            for number, item in enumerate(dependencies.get("git", ()))
            if {"name", "path", "url"} <= item.keys()
        ),
    )


def _as_scalar(value: Any) -> str | int | float | bool:
    """A list or a map, or nothing, as upstream puts it into a command."""
    return value if isinstance(value, (str, int, float, bool)) else str(value)


# Parameters


def _parameters(reader: Reader, values: dict[str, Any]) -> tuple[Factor, ...]:
    at: Path = (PARAMETERS,)
    factors: list[Factor] = []
    plain: list[Column] = []
    forms: list[str] = []
    for name, value in values.items():
        here = (*at, name)
        if name == "grid" and isinstance(value, list):
            forms.append(name)
            factors += [
                _factor(reader, factor, (*here, number)) for number, factor in enumerate(value)
            ]
        elif name == "csv" and (isinstance(value, str) or "csv" in value):
            forms.append(name)
            table = {"csv": value} if isinstance(value, str) else value
            factors.append(_factor(reader, table, here))
        else:
            plain.append(_column(reader, name, value, here))
    if plain:
        factors.append(Factor(tuple(plain), None, at))
    if len(forms) + bool(plain) > 1:
        _, node = reader.document.find((*at, forms[-1]))
        message = f"`{forms[-1]}` does not mix with other parameters in one block."
        hint = "Make everything a factor of one `grid`."
        if node is not None:
            reader.complain("MS114", node, (*at, forms[-1]), message, hint)
    return tuple(factors)


def _factor(reader: Reader, values: dict[str, Any], at: Path) -> Factor:
    if isinstance(values.get("csv"), str):
        columns = tuple(
            Column(name, label, at=(*at, "labels", name))
            for name, label in values.get("labels", {}).items()
        )
        return Factor(columns, values["csv"], at)
    return Factor(
        tuple(_column(reader, name, value, (*at, name)) for name, value in values.items()), None, at
    )


def _column(reader: Reader, name: str, values: dict[str, Any], at: Path) -> Column:
    _, node = reader.document.find(at)
    label = values.get("label")
    if isinstance(node, Mapping):
        given = node.entries.keys()
        if "values" in given and "range" in given:
            message = f"`{name}` has both `values` and `range`."
            reader.complain("MS114", node, at, message, "Keep one of them.")
        elif "values" not in given and "range" not in given:
            message = f"`values` is missing in the parameter `{name}`."
            reader.complain("MS103", node, at, message, "Write `values: [...]`, or a `range`.")
        if "label" not in given and "range" not in given:
            message = f"`label` is missing in the parameter `{name}`."
            reader.complain("MS103", node, at, message, f"Write `label: {name}.%%`.")
    return Column(
        name,
        tuple(label) if isinstance(label, list) else label,
        tuple(values["values"]) if "values" in values else None,
        _range(reader, values.get("range"), (*at, "range")),
        at,
    )


def _range(reader: Reader, values: dict[str, Any] | None, at: Path) -> Range | None:
    if values is None or not {"start", "stop"} <= values.keys():
        return None
    step, num = values.get("step"), values.get("num")
    _, node = reader.document.find(at)
    if isinstance(node, Mapping) and len(node.entries.keys() & {"step", "num"}) != 1:
        message = "`range` needs just one of `step` and `num`."
        reader.complain("MS208", node, at, message)
        return None
    if step is None and num is None:
        return None
    return Range(values["start"], values["stop"], step, num)


# Steps and batch


def _step(values: dict[str, Any], at: Path) -> Step:
    run = values.get("run", {})
    return Step(
        name=values.get("name", ""),
        description=values.get("description", ""),
        command=run.get("cmd", ""),
        restart=run.get("restart"),
        pre=run.get("pre"),
        post=run.get("post"),
        depends=tuple(run.get("depends", ())),
        resources=_resources(run),
        failure=_failure(run),
        at=at,
    )


def _resources(run: dict[str, Any]) -> Resources:
    values = {
        _RESOURCES.get(key, key): value
        for key, value in run.items()
        if _RESOURCES.get(key, key) in _PLAIN_RESOURCES
    }
    exclusive = run.get("exclusive")
    if isinstance(exclusive, dict):
        values["exclusive_allocation"] = exclusive.get("allocation")
        values["exclusive_launcher"] = exclusive.get("launcher")
    else:
        values["exclusive_allocation"] = exclusive
    return Resources(**values)


def _failure(run: dict[str, Any]) -> Failure:
    codes = run.get("exit codes", {})
    default = Failure()
    return Failure(
        retries=run.get("retries", default.retries),
        retry_pause=run.get("retry pause", default.retry_pause),
        success_codes=tuple(codes.get("success", default.success_codes)),
        retry_codes=tuple(codes["retry"]) if "retry" in codes else None,
        restart_codes=tuple(codes.get("restart", default.restart_codes)),
        allow_failure=run.get("allow failure", default.allow_failure),
    )


def batch(values: dict[str, Any]) -> Batch:
    """The `batch` block from its keys; nothing said is the default."""
    known = {key: value for key, value in values.items() if value is not None}
    if "flux_uri" in known:
        known.setdefault("uri", known.pop("flux_uri"))
        known.pop("flux_uri", None)
    known["given"] = frozenset(key for key, value in values.items() if value is not None)
    return Batch(**known)
