"""Represent the table of parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import attrs

from maestro_graph.errors import ParameterError
from maestro_graph.model.plain import PlainValue

#: What stands for the value in a label.
VALUE_MARK = "%%"


@attrs.frozen(kw_only=True)
class TableColumn:
    """One parameter.

    Attributes:
        name: its key, as in ``$(NAME)``.
        title: what ``$(NAME.name)`` gives.
        values: one per row, plain.
        labels: one per row.
    """

    name: str
    title: str
    values: tuple[PlainValue, ...]
    labels: tuple[str, ...]


@attrs.frozen(kw_only=True)
class ParameterTable:
    """All combinations of a study: row *i* takes value *i* of every column.

    Attributes:
        source: where the table comes from.
        rows: number of rows; 0 for a study without parameters.
        columns: in the order in which they were defined.
    """

    source: Literal["study", "pgen"] = "study"
    rows: int = 0
    columns: tuple[TableColumn, ...] = ()


def check_distinct(names: Sequence[str]) -> None:
    """Check that each parameter is given once.

    Raises:
        ParameterError: one is given twice.
    """
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(
                f"parameter {name} is given twice", hint="each parameter belongs to one factor"
            )


def label_template(name: str, label: str | None) -> str:
    """Return the template of a parameter's labels."""
    return label or f"{name}.{VALUE_MARK}"


def make_labels(
    name: str,
    values: Sequence[object],
    label: str | Sequence[str] | None,
    texts: Sequence[str] | None = None,
) -> tuple[str, ...]:
    """Return one label per value.

    Args:
        name: the parameter.
        values: its values.
        label: template in which ``%%`` stands for the value, one label per value, or nothing for
            ``<name>.%%``.
        texts: what stands for each value in a template; by default what commands get.

    Raises:
        ParameterError: there are not as many labels as values.
    """
    if label is None or isinstance(label, str):
        template = label_template(name, label)
        return tuple(template.replace(VALUE_MARK, text) for text in texts or map(str, values))
    if len(label) != len(values):
        raise ParameterError(
            f"parameter {name} has {len(values)} values but {len(label)} labels",
            hint="give one label per value, or one text with %% in place of the value",
        )
    return tuple(str(each) for each in label)
