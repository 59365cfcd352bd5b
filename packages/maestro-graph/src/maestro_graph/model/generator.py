"""Collect parameters from a user's generator file, as maestrowf's `ParameterGenerator` does.

`Any` stands for values that are the user's own: numbers, texts, numpy's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from maestro_graph.errors import ParameterError
from maestro_graph.model.parameters import VALUE_MARK, ParameterTable, TableColumn
from maestro_graph.model.plain import plain


class Combination:
    """One row of a table, as generator files may ask for it."""

    def __init__(self, token: str = "$") -> None:  # noqa: S107 -- the sign before the parenthesis
        self._token = token
        self._values: dict[str, object] = {}
        self._labels: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def add(self, key: str, name: str, value: object, label: str) -> None:
        """Add one parameter with its title, value and label."""
        self._values[key] = value
        self._labels[key] = label
        self._names[key] = name

    def __str__(self) -> str:
        return ".".join(self._labels.values())

    def get_param_string(self, params: Iterable[str]) -> str:
        """Return the labels of these parameters, sorted by parameter, joined by dots."""
        return ".".join(str(self._labels[key]) for key in sorted(params))

    def get_param_values(self, params: Iterable[str]) -> Iterator[tuple[str, Any]]:
        """Yield (name, value) of these parameters."""
        for key in params:
            yield key, self._values[key]

    def apply(self, item: str) -> str:
        """Replace the tokens of all parameters in a text: labels, then values, then names."""
        for suffix, texts in ((".label", self._labels), ("", self._values), (".name", self._names)):
            for key, text in texts.items():
                item = item.replace(f"{self._token}({key}{suffix})", str(text))
        return item


class ParameterGenerator:
    """Collects parameters; what a generator file's ``get_custom_generator`` returns.

    Args:
        token: the sign before a token's parenthesis.
        ltoken: what stands for the value in labels.
    """

    def __init__(self, token: str = "$", ltoken: str = VALUE_MARK) -> None:  # noqa: S107 -- see above
        self.token = token
        self.label_token = ltoken
        self.parameters: dict[str, Sequence[Any]] = {}
        self.labels: dict[str, str | Sequence[object]] = {}
        self.names: dict[str, str] = {}
        self.length = 0

    def add_parameter(
        self,
        key: str,
        values: Sequence[Any],
        label: str | Sequence[object] | None = None,
        name: str | None = None,
    ) -> None:
        """Add a parameter, or replace the one of this key.

        Args:
            key: the parameter's name, as in ``$(KEY)``.
            values: one per row; as many as every other parameter has.
            label: template in which ``%%`` stands for the value, or one label per value.
            name: what ``$(KEY.name)`` gives; the key by default.

        Raises:
            ValueError: another parameter has another number of values.
        """
        values = values if hasattr(values, "__len__") else list(values)
        if self.length and len(values) != self.length:
            raise ValueError(
                f"parameter {key} has {len(values)} values, the others have {self.length}"
            )
        self.length = len(values)
        self.parameters[key] = values
        self.labels[key] = f"{key}.{self.label_token}" if label is None or label == "" else label
        self.names[key] = name or key

    def __bool__(self) -> bool:
        return bool(self.parameters)

    def __iter__(self) -> Iterator[Combination]:
        return self.get_combinations()

    def get_combinations(self) -> Iterator[Combination]:
        """Yield the rows of the table; a subclass may leave some out."""
        for row in range(self.length):
            combination = Combination(self.token)
            for key, values in self.parameters.items():
                label = self.labels[key]
                text = (
                    label.replace(self.label_token, str(values[row]))
                    if isinstance(label, str)
                    else str(label[row])
                )
                combination.add(key, self.names[key], values[row], text)
            yield combination


class Row(Protocol):
    """What `table_of` needs of a combination: ours and upstream's have it."""

    def get_param_string(self, params: Iterable[str]) -> str:
        """Return the labels of these parameters."""

    def get_param_values(self, params: Iterable[str]) -> Iterable[tuple[str, object]]:
        """Return (name, value) of these parameters."""


class Generator(Protocol):
    """What `table_of` needs of a generator: ours and upstream's have it."""

    @property
    def parameters(self) -> Iterable[str]:
        """The parameters' keys."""

    @property
    def names(self) -> Mapping[str, str]:
        """Key → what ``$(KEY.name)`` gives."""

    def __iter__(self) -> Iterator[Row]: ...


def table_of(generator: Generator) -> ParameterTable:
    """Turn what a generator file returned into a table.

    Args:
        generator: a `ParameterGenerator`, of ours or of maestrowf's. Its rows are taken, not its
            lists, as a class of the user's own may leave some of them out.

    Raises:
        ParameterError: it has parameters but no row.
    """
    keys = list(generator.parameters)
    rows = list(generator) if keys else []
    if keys and not rows:
        raise ParameterError(
            "the generator has parameters but not one combination of them",
            hint="add at least one value to each",
        )
    return ParameterTable(
        source="pgen",
        rows=len(rows),
        columns=tuple(
            TableColumn(
                name=str(key),
                title=str(generator.names[key]),
                values=tuple(plain(dict(row.get_param_values([key]))[key]) for row in rows),
                labels=tuple(row.get_param_string([key]) for row in rows),
            )
            for key in keys
        ),
    )
