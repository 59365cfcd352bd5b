"""The workspace format's rule for names: what a study, a step or a combination is called on disk."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_LONGEST = 200
_CUT = 180
_DROPPED = re.compile(r"[^-_.() a-zA-Z0-9]")

#: what a workspace keeps beside the folders of its steps
RESERVED = frozenset(
    {
        "logs",
        "meta",
        "batch.info",
        "status.csv",
        ".maestro",
        ".status.lock",
        ".cancel.lock",
        ".study.update.lock",
    }
)


def clean(name: str) -> str:
    """The name of a file or folder for a raw name, alone in its folder."""
    kept = _DROPPED.sub("", name).replace(" ", "_")
    if len(kept) > _LONGEST:
        return kept[:_CUT] + suffix(name)
    return kept if kept.strip(".") else kept + suffix(name)


def clean_together(names: Sequence[str]) -> list[str]:
    """The names of the files or folders for raw names that share a folder."""
    cleaned = [clean(name) for name in names]
    seen = Counter(cleaned)
    return [
        safe + suffix(name) if seen[safe] > 1 and safe != name else safe
        for name, safe in zip(names, cleaned, strict=True)
    ]


def is_suffixed(name: str) -> bool:
    """Whether a name, alone in its folder, gets a suffix."""
    kept = _DROPPED.sub("", name)
    return len(kept) > _LONGEST or not kept.strip(".")


def suffix(name: str) -> str:
    """What tells a name apart that cleaning cannot keep."""
    # Few names need one, and hashlib takes as long to import as a small study to check.
    import hashlib

    raw = name.encode("utf-8", "surrogateescape")
    return "-" + hashlib.sha1(raw, usedforsecurity=False).hexdigest()[:8]
