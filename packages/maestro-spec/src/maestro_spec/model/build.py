"""Build a `Study` from a document. What is missing or wrong becomes a default and a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import attrs

from maestro_spec.diagnostics.problems import Path, Problem
from maestro_spec.model.build_parameters import build_parameters
from maestro_spec.model.study import (
    Batch,
    Env,
    Failure,
    GitDependency,
    PathDependency,
    Resources,
    Result,
    Step,
    Study,
    Variable,
)
from maestro_spec.schema.collector import INVALID, ProblemCollector
from maestro_spec.schema.read import Reader
from maestro_spec.schema.study_file import STUDY
from maestro_spec.yaml.nodes import Document, Mapping, Position, Scalar, Sequence
from maestro_spec.yaml.scalars import PlainValue

if TYPE_CHECKING:
    # They take longer to make than a small study takes to check.
    from maestro_spec.schema.study_values import (
        EnvValues,
        ExitCodeValues,
        ResultValues,
        RunValues,
        StepValues,
        StudyValues,
    )

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
    """Build a study from a document, as whole as it can be.

    Returns:
        The study, or None where the document is no map at all; and all that is wrong with its
        structure.
    """
    found = ProblemCollector(document)
    nothing = Scalar("", "null", None, Position(), Position())
    root = document.root if document.root is not None else nothing
    read = Reader(found).record(root, STUDY, ())
    if read is INVALID:
        return None, found.problems
    values = cast("StudyValues", read)
    description = values.get("description", {})
    known = {"name", "description"}
    return (
        Study(
            name=cast("str", description.get("name", "")),
            description=cast("str", description.get("description", "")),
            extra={k: v for k, v in description.items() if k not in known},
            env=_env(values.get("env", {})),
            parameters=build_parameters(found, values.get("global.parameters", {})),
            steps=tuple(
                _step(step, ("study", number))
                for number, step in _numbered(document, values.get("study", []))
            ),
            batch=build_batch(values.get("batch", {})),
            document=document,
            gaps=_gaps(found.problems),
        ),
        found.problems,
    )


def _gaps(problems: list[Problem]) -> frozenset[str]:
    """Return the sections in which something could not be read."""
    wrong = [p for p in problems if p.severity == "error"]
    return frozenset(str(p.path[0]) if p.path else "" for p in wrong)


def _numbered(document: Document, steps: list[StepValues]) -> list[tuple[int, StepValues]]:
    """Return steps with their numbers in the file; those that are no maps are not among them."""
    _, node = document.find(("study",))
    items = node.items if isinstance(node, Sequence) else []
    numbers = [number for number, item in enumerate(items) if isinstance(item, Mapping)]
    return list(zip(numbers, steps, strict=True))


def _env(values: EnvValues) -> Env:
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


def _as_scalar(value: PlainValue) -> str | int | float | bool:
    """Return a list or a map, or nothing, as upstream puts it into a command."""
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def _step(values: StepValues, at: Path) -> Step:
    run: RunValues = values.get("run", {})
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
        results=tuple(
            _result(result, (*at, "run", "results", number))
            for number, result in enumerate(run.get("results", ()))
            if "file" in result
        ),
        at=at,
    )


def _result(values: ResultValues, at: Path) -> Result:
    keys = values.get("keys")
    pairs = keys.items() if isinstance(keys, dict) else [(key, key) for key in keys or ()]
    return Result(
        file=values["file"],
        format=values.get("format"),
        keys=None if keys is None else tuple(pairs),
        pattern=values.get("pattern"),
        rows=values.get("rows", "last"),
        required=values.get("required", False),
        at=at,
    )


def _resources(run: RunValues) -> Resources:
    # `Any`: which key of `run` has which type, the shapes of `study_file` say.
    values: dict[str, Any] = {
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


def _failure(run: RunValues) -> Failure:
    codes: ExitCodeValues = run.get("exit codes", {})
    default = Failure()
    return Failure(
        retries=run.get("retries", default.retries),
        retry_pause=run.get("retry pause", default.retry_pause),
        success_codes=tuple(codes.get("success", default.success_codes)),
        retry_codes=tuple(codes["retry"]) if "retry" in codes else None,
        restart_codes=tuple(codes.get("restart", default.restart_codes)),
        allow_failure=run.get("allow failure", default.allow_failure),
    )


def build_batch(values: dict[str, PlainValue]) -> Batch:
    """Build the `batch` block from its keys; nothing said is the default."""
    # `Any`: which key has which type, the shapes of `study_file` say.
    known: dict[str, Any] = {key: value for key, value in values.items() if value is not None}
    if "flux_uri" in known:
        known.setdefault("uri", known.pop("flux_uri"))
        known.pop("flux_uri", None)
    known["given"] = frozenset(key for key, value in values.items() if value is not None)
    return Batch(**known)
