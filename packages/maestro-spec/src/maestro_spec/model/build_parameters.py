"""Build the factors of `global.parameters` from plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from maestro_spec.diagnostics.problems import Path
from maestro_spec.model.study import Column, Factor, Range
from maestro_spec.schema.collector import ProblemCollector
from maestro_spec.yaml.nodes import Mapping
from maestro_spec.yaml.scalars import PlainValue

if TYPE_CHECKING:
    # As in `build`: they take long to make.
    from maestro_spec.schema.study_values import (
        FactorValues,
        ParameterValues,
        RangeValues,
        TableValues,
    )


def build_parameters(found: ProblemCollector, values: dict[str, PlainValue]) -> tuple[Factor, ...]:
    """Return the factors of the table of parameters.

    Args:
        found: takes what is wrong with their structure.
        values: what the shape of `global.parameters` read.
    """
    at: Path = ("global.parameters",)
    factors: list[Factor] = []
    plain: list[Column] = []
    forms: list[str] = []
    for name, value in values.items():
        here = (*at, name)
        if name == "grid" and isinstance(value, list):
            forms.append(name)
            grid = cast("list[FactorValues]", value)
            factors += [
                _factor(found, factor, (*here, number)) for number, factor in enumerate(grid)
            ]
        elif name == "csv" and isinstance(value, str):
            forms.append(name)
            factors.append(_factor(found, {"csv": value}, here))
        elif name == "csv" and isinstance(value, dict) and "csv" in value:
            forms.append(name)
            factors.append(_factor(found, cast("TableValues", value), here))
        else:
            plain.append(_column(found, name, cast("ParameterValues", value), here))
    if plain:
        factors.append(Factor(tuple(plain), None, at))
    if len(forms) + bool(plain) > 1:
        _, node = found.document.find((*at, forms[-1]))
        message = f"`{forms[-1]}` does not mix with other parameters in one block."
        hint = "Make everything a factor of one `grid`."
        if node is not None:
            found.complain("MS114", node, (*at, forms[-1]), message, hint)
    return tuple(factors)


def _factor(found: ProblemCollector, values: FactorValues, at: Path) -> Factor:
    if isinstance(values.get("csv"), str):
        table = cast("TableValues", values)
        columns = tuple(
            Column(name, label, at=(*at, "labels", name))
            for name, label in table.get("labels", {}).items()
        )
        return Factor(columns, table["csv"], at)
    parameters = cast("dict[str, ParameterValues]", values)
    return Factor(
        tuple(_column(found, name, each, (*at, name)) for name, each in parameters.items()),
        None,
        at,
    )


def _column(found: ProblemCollector, name: str, values: ParameterValues, at: Path) -> Column:
    _, node = found.document.find(at)
    label = values.get("label")
    if isinstance(node, Mapping):
        given = node.entries.keys()
        if "values" in given and "range" in given:
            message = f"`{name}` has both `values` and `range`."
            found.complain("MS114", node, at, message, "Keep one of them.")
        elif "values" not in given and "range" not in given:
            message = f"`values` is missing in the parameter `{name}`."
            found.complain("MS103", node, at, message, "Write `values: [...]`, or a `range`.")
        if "label" not in given and "range" not in given:
            message = f"`label` is missing in the parameter `{name}`."
            found.complain("MS103", node, at, message, f"Write `label: {name}.%%`.")
    return Column(
        name,
        tuple(label) if isinstance(label, list) else label,
        tuple(values["values"]) if "values" in values else None,
        _range(found, values.get("range"), (*at, "range")),
        at,
    )


def _range(found: ProblemCollector, values: RangeValues | None, at: Path) -> Range | None:
    if values is None or not {"start", "stop"} <= values.keys():
        return None
    step, num = values.get("step"), values.get("num")
    _, node = found.document.find(at)
    if isinstance(node, Mapping) and len(node.entries.keys() & {"step", "num"}) != 1:
        message = "`range` needs just one of `step` and `num`."
        found.complain("MS208", node, at, message)
        return None
    if step is None and num is None:
        return None
    return Range(values["start"], values["stop"], step, num)
