"""Compute the values of a range of numbers; pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from maestro_graph.errors import ParameterError
from maestro_graph.model.spec import Range

#: A range with more values is a slip of the keyboard (a step of 1e-9).
MOST_VALUES = 10_000_000


def range_values(name: str, wanted: Range) -> tuple[int | float, ...]:
    """Return the values of a range.

    They are computed exactly and rounded once, so that steps of 0.1 give 0.3 and not
    0.30000000000000004.

    Args:
        name: the parameter, for messages.
        wanted: ``start`` to ``stop`` by ``step``, or ``num`` of them, both ends included.

    Returns:
        Integers if start, stop and step are, floats otherwise.

    Raises:
        ParameterError: the range is empty or endless, or has not just one of step and num.
    """
    start, stop = _exact(name, wanted.start), _exact(name, wanted.stop)
    given: list[int | float] = [wanted.start, wanted.stop]
    if wanted.num is not None and wanted.step is not None:
        raise ParameterError(
            f"the range of {name} has both a step and a num", hint="leave one of them out"
        )
    if wanted.num is not None:
        count, step = wanted.num, Fraction(0)
        if count > 1:
            step = (stop - start) / (count - 1)
    elif wanted.step:
        given.append(wanted.step)
        step = _exact(name, wanted.step)
        count = (stop - start) // step + 1
    else:
        raise ParameterError(
            f"the range of {name} has neither a step nor a num",
            hint="give `step`, which is not 0, or `num`",
        )
    if not 1 <= count <= MOST_VALUES:
        raise ParameterError(
            f"the range of {name} has {max(count, 0)} values",
            hint="check start, stop and step; to count down, the step must be negative",
        )
    exact = [start + index * step for index in range(count)]
    whole = all(isinstance(number, int) for number in given) and all(
        number.denominator == 1 for number in exact
    )
    return tuple(int(number) if whole else float(number) for number in exact)


def range_texts(wanted: Range, values: Sequence[int | float]) -> tuple[str, ...]:
    """Return what stands for each value of a range in a label: short, and no two alike.

    Args:
        wanted: a range that has values.
        values: those.
    """
    if wanted.num is None or len(values) < 2 or isinstance(values[0], int):
        return tuple(map(str, values))
    distance = abs(Fraction(repr(wanted.stop)) - Fraction(repr(wanted.start))) / (len(values) - 1)
    places = max(1, *map(decimals, (wanted.start, wanted.stop)))
    while distance and distance * 10**places < 100:
        places += 1
    return tuple(rounded(value, places) for value in values)


def rounded(value: float, places: int) -> str:
    """Return the text of a value that is rounded to some decimals."""
    return str(round(value, places) + 0.0)  # -0.0 becomes 0.0


def decimals(number: float) -> int:
    """Return how many decimals a number is written with; negative: it ends in zeros."""
    exponent = Decimal(repr(number)).as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _exact(name: str, number: float) -> Fraction:
    try:
        return Fraction(repr(number))
    except ValueError as error:
        raise ParameterError(f"the range of {name} has {number!r}, which is no number") from error
