"""Find out why a study stands still though its conductor is alive."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from maestro_conductor.workspace.conductor_lock import Holder

__all__ = ["Pause", "find_pause"]


@frozen
class Pause:
    """Why a study stands still, and since when (ms since 1970; None: nobody knows)."""

    why: str
    since: int | None


def find_pause(root: Path, holder: Holder, *, now: float | None = None) -> Pause | None:
    """Return what the conductor says of a pause, or the disk where that cannot even write.

    Args:
        root: The workspace.
        holder: Its live conductor.
        now: Seconds since 1970; None: those of the call.
    """
    from maestro_conductor.workspace.conductor_lock import HEARTBEAT

    if holder.paused is not None:
        return Pause(holder.paused, holder.paused_since)
    silence = (time.time() if now is None else now) - holder.heartbeat / 1000
    why = _no_room(root) if silence > 2 * HEARTBEAT else None
    return None if why is None else Pause(why, None)


def _no_room(root: Path) -> str | None:
    """Return why nobody can write there; None: one can."""
    try:
        room = os.statvfs(root)
    except OSError as error:
        return f"{root}: {error.strerror}"
    if room.f_bavail == 0:
        return f"there is no room on the disk of {root}"
    if room.f_files and room.f_favail == 0:
        return f"the disk of {root} takes no more files (it has no inode left)"
    return None
