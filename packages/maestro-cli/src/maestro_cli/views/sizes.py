"""Write sizes of files for people."""

from __future__ import annotations

__all__ = ["in_bytes"]

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def in_bytes(number: int) -> str:
    """Return a size: ``0 B``, ``812 B``, ``3.4 MB``."""
    size = float(number)
    for unit in _UNITS:
        if size < 999.5 or unit == _UNITS[-1]:
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "B" or size >= 99.5 else f"{size:.1f} {unit}"
