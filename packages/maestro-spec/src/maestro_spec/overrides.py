"""Replace variables and batch keys of a study by those of the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from maestro_spec.diagnostics.problems import Path, Problem, has_errors, problem
from maestro_spec.errors import OverrideInvalid, StudyInvalid
from maestro_spec.model.build import build_batch
from maestro_spec.model.study import Batch, Env, Study, Variable, VariableValue
from maestro_spec.schema.collector import INVALID, ProblemCollector
from maestro_spec.schema.read import Reader
from maestro_spec.schema.study_file import BATCH
from maestro_spec.schema.suggest import Suggester
from maestro_spec.schema.types import Text
from maestro_spec.yaml.nodes import Document, Node, Position, Scalar, Sequence
from maestro_spec.yaml.nodes import Mapping as MappingNode
from maestro_spec.yaml.parser import parse
from maestro_spec.yaml.scalars import PlainValue

COMMAND_LINE = "<command line>"

#: the variable that says where workspaces are made; a study need not mention it to be given one
_OUTPUT_PATH = "OUTPUT_PATH"


def override(
    study: Study,
    *,
    variables: Mapping[str, VariableValue] | None = None,
    batch: Mapping[str, object] | None = None,
) -> Study:
    """Return the study with variables and batch keys replaced.

    Args:
        study: what `load` gave.
        variables: names of `env.variables` or `env.labels` and their new values; ``OUTPUT_PATH``
            may be new.
        batch: keys of the `batch` block and their new values; None takes a key away.

    Raises:
        OverrideInvalid: a name or a key is unknown, or a value does not fit.
    """
    problems: list[Problem] = []
    env, changed = _variables(study.env, variables or {}, problems)
    new_batch = _batch(study, batch or {}, problems)
    if has_errors(problems):
        raise OverrideInvalid(" ".join(str(p) for p in problems), problems)
    paths: set[Path] = changed | {("batch", key) for key in batch or {}}
    return attrs.evolve(study, env=env, batch=new_batch, overridden=study.overridden | paths)


def _variables(
    env: Env, given: Mapping[str, VariableValue], problems: list[Problem]
) -> tuple[Env, set[Path]]:
    known = {v.name: v for v in (*env.variables, *env.labels)}
    new: list[Variable] = []
    for name, value in given.items():
        path: Path = ("env", "variables", name)
        if name not in known and name != _OUTPUT_PATH:
            message = f"The study has no variable `{name}`."
            hint = Suggester().did_you_mean(name, known) or _list_of(known)
            problems.append(problem("MS101", None, path, message, hint))
        elif value == "" or value is None:
            problems.append(problem("MS105", None, path, f"The variable `{name}` is empty."))
        elif name not in known:
            new.append(Variable(name, value, path))
    evolved = attrs.evolve(
        env,
        variables=(*(_replaced(v, given) for v in env.variables), *new),
        labels=tuple(_replaced(v, given) for v in env.labels),
    )
    return evolved, {v.at for v in (*evolved.variables, *evolved.labels) if v.name in given}


def _replaced(variable: Variable, given: Mapping[str, VariableValue]) -> Variable:
    if variable.name not in given:
        return variable
    return attrs.evolve(variable, value=given[variable.name])


def _list_of(known: Iterable[str]) -> str:
    return f"It has: {listing}." if (listing := ", ".join(known)) else "It has none."


def _batch(study: Study, given: Mapping[str, object], problems: list[Problem]) -> Batch:
    """Return the batch block as it was read, with the given keys read by the same shapes."""
    if not given:
        return study.batch
    keys = {key.name: key for key in BATCH.keys}
    found = ProblemCollector(Document(COMMAND_LINE, "", None))
    reader = Reader(found)
    values: dict[str, PlainValue] = {
        field.name: getattr(study.batch, field.name)
        for field in attrs.fields(Batch)
        if field.name in study.batch.given or (field.name == "uri" and study.batch.uri)
    }
    for name, value in given.items():
        path: Path = ("batch", name)
        if name not in keys:
            message = f"The batch block has no key `{name}`."
            hint = Suggester().did_you_mean(name, keys) or _list_of(keys)
            problems.append(problem("MS101", None, path, message, hint))
        elif value is None:
            values.pop("uri" if name == "flux_uri" else name, None)
        else:
            shape = keys[name].shape
            node = _as_node(value) if isinstance(shape, Text) else _parsed(value)
            read = reader.read(node, shape, path, f"`{name}`")
            if read is not INVALID:
                values["uri" if name == "flux_uri" else name] = read
    problems += [attrs.evolve(p, place=None) for p in found.problems]
    return study.batch if has_errors(problems) else build_batch(values)


def _parsed(value: object) -> Node:
    """Return a value of the command line as a node; a text is read as YAML: `4`, `true`, `{exclusive: user}`."""
    if isinstance(value, str):
        try:
            root = parse(value, COMMAND_LINE)[0].root
        except StudyInvalid:
            root = None
        if root is not None:
            return root
    return _as_node(value)


def _as_node(value: object) -> Node:
    """Return a value of the command line as if it stood in a file."""
    at = Position()
    if isinstance(value, Mapping):
        entries = {
            str(key): (Scalar(str(key), "str", str(key), at, at), _as_node(item))
            for key, item in value.items()
        }
        return MappingNode(entries, at, at)
    if isinstance(value, (list, tuple)):
        return Sequence([_as_node(item) for item in value], at, at)
    if value is None:
        return Scalar("", "null", None, at, at)
    if isinstance(value, (bool, int, float)):
        kind = "bool" if isinstance(value, bool) else "int" if isinstance(value, int) else "float"
        return Scalar(str(value), kind, value, at, at)
    return Scalar(str(value), "str", str(value), at, at)
