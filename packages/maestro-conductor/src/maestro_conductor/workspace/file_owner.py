"""Tell whose a file is. Asks the system's list of users."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

__all__ = ["owner_of"]


def owner_of(path: Path) -> str:
    """Return the name of a file's owner, or the number where there is none; of a link, whose link it is.

    Raises:
        OSError: it cannot be looked at.
    """
    return _name_of(path.lstat().st_uid)


@lru_cache(maxsize=64)
def _name_of(uid: int) -> str:
    import pwd  # only where somebody asks for something

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
