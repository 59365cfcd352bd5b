"""Names that are safe as files and folders, and distinct: the format's rule for names."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

#: Names longer than this many bytes are cut to `_CUT`, so that a name, its suffix and a script's
#: ending stay under the 255 bytes that file systems allow.
_LONGEST = 200
_CUT = 180

_SAFE = re.compile(rf"[-_.()a-zA-Z0-9]{{1,{_LONGEST}}}").fullmatch
_DROPPED = re.compile(r"[^-_.() a-zA-Z0-9]")
_UNFIT_FOR_LABEL = re.compile(r"[/\x00-\x1f\x7f-\x9f]")


def clean(name: str) -> str:
    """Return ``name`` with only characters that are safe in a file name.

    Args:
        name: any text.

    Returns:
        ASCII letters, digits and ``-_.()`` of the name, spaces as ``_``; with a suffix where
        nothing or only dots are left, and where it had to be cut.
    """
    kept = _DROPPED.sub("", name).replace(" ", "_")
    if len(kept) > _LONGEST:
        return kept[:_CUT] + _suffix(name)
    if not kept.strip("."):
        return kept + _suffix(name)
    return kept


def clean_together(names: Sequence[str]) -> list[str]:
    """Clean all names of one folder, and tell apart those that become equal.

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
        safe + _suffix(name) if seen[safe] > 1 and safe != name else safe
        for name, safe in zip(names, cleaned, strict=True)
    ]


def label(name: str) -> str:
    """Return the stem of restart scripts and logs: the name as it is, but safe as a file name."""
    if name.isascii() and len(name) <= _LONGEST:
        return _UNFIT_FOR_LABEL.sub("_", name)
    fit = _UNFIT_FOR_LABEL.sub("_", name)
    encoded = fit.encode("utf-8", "surrogateescape")
    if len(encoded) <= _LONGEST:
        return fit
    return encoded[:_CUT].decode("utf-8", "ignore") + _suffix(name)


def stems(name: str) -> tuple[str, str]:
    """Return the stem of an instance's main script, and that of its restart script and logs."""
    if _SAFE(name) and name.strip("."):
        return name, name
    return clean(name), label(name)


def _suffix(name: str) -> str:
    # SHA-1 tells names apart here; nothing relies on it for security.
    digest = hashlib.sha1(name.encode("utf-8", "surrogateescape"), usedforsecurity=False)
    return "-" + digest.hexdigest()[:8]
