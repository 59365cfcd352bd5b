"""Clean names for use as file names: "Names" on the workspace format page."""

from __future__ import annotations

import string

__all__ = ["clean_name"]

_KEPT = frozenset(string.ascii_letters + string.digits + " -_.()")
_LONGEST, _CUT = 200, 180


def clean_name(name: str) -> str:
    """Return a name that is safe as a file name. Vectors: ``vectors/names.json``, `cleaned`."""
    cleaned = "".join(char for char in name if char in _KEPT).replace(" ", "_")
    if cleaned.strip(".") and len(cleaned) <= _LONGEST:
        return cleaned
    # Few names need one, and hashlib takes long to import.
    import hashlib

    digest = hashlib.sha1(name.encode("utf-8", "surrogateescape"), usedforsecurity=False)
    return f"{cleaned[:_CUT] if len(cleaned) > _LONGEST else cleaned}-{digest.hexdigest()[:8]}"
