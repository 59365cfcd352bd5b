"""Clean the names of files and folders: "Names" on the workspace format page; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

#: Names longer than this many bytes are cut to `CUT`, so that a name, its suffix and a script's
#: ending stay under the 255 bytes that file systems allow.
LONGEST = 200
CUT = 180
_DROPPED = re.compile(r"[^-_.() a-zA-Z0-9]")


def clean(name: str) -> str:
    """Return the name of a file or folder that is alone in its folder.

    Args:
        name: any text.

    Returns:
        ASCII letters, digits and ``-_.()`` of the name, spaces as ``_``; with a suffix where
        nothing or only dots are left, and where it had to be cut.
    """
    kept = _DROPPED.sub("", name).replace(" ", "_")
    if len(kept) > LONGEST:
        return kept[:CUT] + suffix(name)
    return kept if kept.strip(".") else kept + suffix(name)


def clean_together(names: Sequence[str]) -> list[str]:
    """Return the names of the files or folders of one folder.

    Args:
        names: distinct raw names.

    Returns:
        One clean name for each, distinct, and independent of their order and number but for the
        names that share the clean form.
    """
    cleaned = [clean(name) for name in names]
    if len(set(cleaned)) == len(cleaned):
        return cleaned
    seen = Counter(cleaned)
    return [
        safe + suffix(name) if seen[safe] > 1 and safe != name else safe
        for name, safe in zip(names, cleaned, strict=True)
    ]


def is_suffixed(name: str) -> bool:
    """Tell whether a name that is alone in its folder gets a suffix."""
    kept = _DROPPED.sub("", name)
    return len(kept) > LONGEST or not kept.strip(".")


def suffix(name: str) -> str:
    """Return what tells a name apart that cleaning cannot keep."""
    # Few names need one, and hashlib takes as long to import as a small study to check.
    import hashlib

    # SHA-1 tells names apart here; nothing relies on it for security.
    raw = name.encode("utf-8", "surrogateescape")
    return "-" + hashlib.sha1(raw, usedforsecurity=False).hexdigest()[:8]
