"""Who runs a study, or ran it last, as the conductor's record says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maestro_conductor.lock import Holder

#: What a field is taken for whose value is of no type that it may have.
_NONE = {"str": "-", "int": 0, "bool": False}
_TYPES = {"str": str, "int": int, "bool": bool, "None": type(None)}


def holder(root: Path) -> Holder | None:
    """Gives the conductor that is alive, None where there is none."""
    from maestro_conductor import lock

    return _sound(lock.holder(root))


def last_holder(root: Path) -> Holder | None:
    """Gives the conductor that holds the study, or last held it."""
    from maestro_conductor import lock

    return _sound(lock.last_holder(root))


def _sound(known: Holder | None) -> Holder | None:
    """Takes out what is of another type: the record is written too often to have a checksum."""
    if known is None:
        return None
    from attrs import evolve, fields

    wrong: dict[str, Any] = {}
    for field in fields(type(known)):
        words = str(field.type).split(" | ")
        if not isinstance(getattr(known, field.name), tuple(_TYPES[word] for word in words)):
            wrong[field.name] = None if "None" in words else _NONE[words[0]]
    return evolve(known, **wrong) if wrong else known
