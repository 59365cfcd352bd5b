"""Name the script and the logs of an instance; pure."""

from __future__ import annotations

import re

from maestro_graph.parameters.names import CUT, LONGEST, clean, clean_together, suffix

__all__ = ["clean", "clean_together", "label", "stems"]

_SAFE = re.compile(rf"[-_.()a-zA-Z0-9]{{1,{LONGEST}}}").fullmatch
_UNFIT_FOR_LABEL = re.compile(r"[/\x00-\x1f\x7f-\x9f]")


def label(name: str) -> str:
    """Return the stem of restart scripts and logs: the name as it is, but safe as a file name."""
    if name.isascii() and len(name) <= LONGEST:
        return _UNFIT_FOR_LABEL.sub("_", name)
    fit = _UNFIT_FOR_LABEL.sub("_", name)
    encoded = fit.encode("utf-8", "surrogateescape")
    if len(encoded) <= LONGEST:
        return fit
    return encoded[:CUT].decode("utf-8", "ignore") + suffix(name)


def stems(name: str) -> tuple[str, str]:
    """Return the stem of an instance's main script, and that of its restart script and logs."""
    if _SAFE(name) and name.strip("."):
        return name, name
    return clean(name), label(name)
