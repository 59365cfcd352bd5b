"""Turn values into those that the workspace's files hold: numpy's and others become plain ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

#: A single value.
ScalarValue: TypeAlias = str | float | bool | None

#: A value as the workspace's files hold it: single, or lists and maps of them.
PlainValue: TypeAlias = "ScalarValue | Sequence[PlainValue] | Mapping[str, PlainValue]"

_SMALLEST, _LARGEST = -(2**63), 2**64 - 1


def plain(value: object) -> PlainValue:
    """Return ``value`` as a value that MessagePack and YAML know.

    Args:
        value: what a study or a generator gave; numpy scalars and arrays become numbers, texts
            and lists.

    Returns:
        None, bool, int, float, str, or lists and maps of them. What is none of these becomes its
        text, which is also what a script would get.
    """
    if value is None or isinstance(value, bool):
        return value
    # Subclasses (enumerations, numpy's float64 and str_) are reduced to the type itself.
    if isinstance(value, int):
        return int(value) if _SMALLEST <= value <= _LARGEST else str(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return str(value)
    if hasattr(value, "dtype") and hasattr(value, "tolist"):
        return _from_numpy(value)
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return str(value)


def _from_numpy(value: Any) -> PlainValue:
    # `Any`: numpy need not be installed.
    if getattr(value, "ndim", 0):
        return [plain(each) for each in value]
    if value.dtype.kind == "f":
        # A float32 of 0.1 prints as 0.1 but converts to 0.10000000149011612; keep what it prints.
        return float(str(value))
    return plain(value.item()) if value.dtype.kind in "biuUO" else str(value)
