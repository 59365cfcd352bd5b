"""Let the values of a range keep the labels that they have in a study that is amended; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from maestro_graph.model.parameters import VALUE_MARK
from maestro_graph.parameters.ranges import decimals, rounded

__all__ = ["keep_labels"]

#: Decimals after which a new value gives up looking for a label that an old one does not have.
_MOST = 20


def keep_labels(
    template: str,
    values: Sequence[int | float],
    labels: Sequence[str],
    known: Mapping[float, str],
) -> tuple[str, ...]:
    """Return the labels of a range in an amended study.

    Args:
        template: that the labels are made of.
        values: of the range.
        labels: those that they have in a study of its own.
        known: value → label in the earlier graph.
    """
    if VALUE_MARK not in template or not known:
        return tuple(labels)
    kept = {
        value: known[value]
        for value in values
        if value in known and _is_of(template, value, known[value])
    }
    taken = {label: value for value, label in kept.items()}
    return tuple(
        kept[value]
        if value in kept
        else _other(template, value, label, taken)
        if taken.get(label, value) != value
        else label
        for value, label in zip(values, labels, strict=True)
    )


def _is_of(template: str, value: float, label: str) -> bool:
    """Tell whether a label is made of this template and a text of the value."""
    if label == template.replace(VALUE_MARK, str(value)):
        return True
    texts = {rounded(float(value), places) for places in range(decimals(value))}
    return any(label == template.replace(VALUE_MARK, text) for text in texts)


def _other(template: str, value: float, label: str, taken: Mapping[str, float]) -> str:
    """Return a label with more decimals, which no other value has."""
    for places in range(_MOST):
        more = template.replace(VALUE_MARK, f"{value:.{places}f}")
        if len(more) > len(label) and taken.get(more, value) == value:
            return more
    return label
