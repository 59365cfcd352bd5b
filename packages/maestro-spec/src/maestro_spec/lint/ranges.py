"""Compute the values of a range of numbers, as far as the rules look at them; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from maestro_spec.model.study import Range

if TYPE_CHECKING:
    from fractions import Fraction

#: A range with more values is a slip of the keyboard.
MOST_VALUES = 10_000_000


class RangeError(ValueError):
    """The range makes no sense; the message says why."""


def range_length(wanted: Range) -> int:
    """Return how many values a range has.

    Raises:
        RangeError: none, or too many to be meant.
    """
    start, stop = _exact(wanted.start), _exact(wanted.stop)
    if wanted.num is not None and wanted.step is not None:
        raise RangeError("The range has both a step and a num.")
    if wanted.num is not None:
        count = wanted.num
    elif wanted.step:
        count = int((stop - start) // _exact(wanted.step)) + 1
    else:
        raise RangeError("The step of the range is 0.")
    if count < 1:
        raise RangeError("The range has no value: its step leads away from stop.")
    if count > MOST_VALUES:
        raise RangeError(f"The range has more than {MOST_VALUES} values.")
    return count


def range_values(wanted: Range) -> tuple[int | float, ...]:
    """Return the values of a range, computed exactly and rounded once.

    Raises:
        RangeError: it has none, or too many to be meant.
    """
    count = range_length(wanted)
    start, stop = _exact(wanted.start), _exact(wanted.stop)
    if wanted.step:
        step = _exact(wanted.step)
    else:
        step = (stop - start) / (count - 1) if count > 1 else _exact(0)
    given = [wanted.start, wanted.stop, *([wanted.step] if wanted.step else [])]
    whole = all(isinstance(number, int) for number in given) and step.denominator == 1
    exact = (start + index * step for index in range(count))
    return tuple(int(number) if whole else float(number) for number in exact)


def range_texts(wanted: Range, values: Sequence[int | float]) -> tuple[str, ...]:
    """Return the texts by which labels name the values of a range; see the format page's rule."""
    if wanted.num is None or len(values) < 2 or isinstance(values[0], int):
        return tuple(map(str, values))
    from decimal import Decimal

    written = [Decimal(repr(wanted.start)), Decimal(repr(wanted.stop))]
    exponents = [number.as_tuple().exponent for number in written]
    digits = max([1, *(-each for each in exponents if isinstance(each, int))])
    apart = abs(_exact(wanted.stop) - _exact(wanted.start)) / (len(values) - 1)
    while apart and apart < _exact(100) / 10**digits:
        digits += 1
    # Zero is added so that what rounds to -0.0 is 0.0.
    return tuple(str(round(value, digits) + 0.0) for value in values)


def _exact(number: float) -> Fraction:
    """Return the number as it was written: 0.1 is a tenth."""
    # Imported here: few studies have ranges, and fractions brings decimal with it.
    from fractions import Fraction

    try:
        return Fraction(repr(number))
    except ValueError:
        raise RangeError(f"The range has {number!r}, which is no number.") from None
