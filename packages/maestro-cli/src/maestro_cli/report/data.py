"""Pack the table of instances as JSON that may stand in an HTML page, small enough for mail."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from maestro_cli.graph_view.names import plain
from maestro_cli.report.content import Column

__all__ = ["pack", "script_safe"]

#: The largest whole number that JavaScript has exactly; larger ones stay text.
_EXACT = 2**53


def pack(columns: Sequence[Column], **more: object) -> str:
    """Return the columns as JSON.

    A column of few different values has them once (``d``), and for each row their place (``x``, -1:
    none). Times are ms since the least of the column (``t``).
    """
    return script_safe({"columns": [_column(column) for column in columns], **more})


def script_safe(value: object) -> str:
    """Return JSON that no HTML parser finds an end in (https://html.spec.whatwg.org/#restrictions-for-contents-of-script-elements)."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _column(column: Column) -> dict[str, object]:
    made: dict[str, object] = {"n": plain(column.name), "k": column.kind, "g": column.group}
    if column.kind == "time":
        times = [value for value in column.values if isinstance(value, int)]
        least = min(times, default=0)
        made["t"] = least
        made["v"] = [value - least if isinstance(value, int) else None for value in column.values]
        return made
    values = [_value(value) for value in column.values]
    # 1, 1.0 and True are one key of a map, and three values.
    places: dict[tuple[type, object], int] = {}
    for value in values:
        if value is not None:
            places.setdefault((type(value), value), len(places))
    if len(places) * 2 > len(values):
        made["v"] = values
        return made
    made["d"] = [value for _, value in places]
    made["x"] = [-1 if value is None else places[type(value), value] for value in values]
    return made


def _value(value: object) -> str | int | float | None:
    """Return a value as a number that JavaScript has, or else as harmless text."""
    if value is None or isinstance(value, str):
        return value if value is None else plain(str(value))
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _EXACT:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return plain(str(value))
