"""Instructions become calls: of adapters, and of the file system."""

from __future__ import annotations

import os
from pathlib import Path

from maestro_conductor.backends.local_backend import LocalLink
from maestro_conductor.backends.scheduler_backend import SchedulerLink
from maestro_conductor.core.events import Event, ScriptsWritten, Settled
from maestro_conductor.core.instructions import Cancel, Instruction, Settle, Submit, WriteScripts
from maestro_conductor.core.queues import SCHEDULED
from maestro_conductor.runtime.context import Parts
from maestro_conductor.workspace.attempt_file import AttemptFile, read_attempt, void_attempt

__all__ = ["Performer"]


class Performer:
    """Performs instructions. What a scheduler answers comes later, through its link."""

    def __init__(self, parts: Parts, local: LocalLink, link: SchedulerLink | None) -> None:
        self._parts = parts
        self._local = local
        self._link = link

    def do(self, item: Instruction, events: list[Event]) -> None:
        """Perform an instruction; what is known at once goes to ``events``."""
        parts = self._parts
        if isinstance(item, Settle):
            events.append(self._settle(item))
        elif isinstance(item, WriteScripts):
            events.append(ScriptsWritten(parts.submission.write_scripts(item.instances)))
        elif item.lane == SCHEDULED and self._link is not None:
            if isinstance(item, Submit):
                self._link.submit(item)
            elif isinstance(item, Cancel):
                self._link.cancel(item)
            else:
                self._link.find(item)
        elif isinstance(item, Submit):
            answers = self._local.submit(item.jobs)
            if answers is not None:
                events.append(answers)
        elif isinstance(item, Cancel):
            self._local.cancel(item.jobs)
        else:
            events.append(self._local.find(item))

    def _settle(self, item: Settle) -> Settled:
        folder = self._parts.root / self._parts.graph.workspaces[item.instance]
        try:
            found = (void_attempt if item.void else read_attempt)(folder, item.attempt)
        except OSError as error:
            trouble = f"cannot read its attempt file: {error.strerror}"
            return Settled(item.instance, item.attempt, "error", detail=trouble)
        detail = None
        if found.fate == "started":
            me = self._parts.hold.me
            here = (found.host, found.boot) == (me.host, me.boot)
            detail = f"ended without a trace on {found.host or 'an unknown host'}"
            doubt = _doubt(found) if here else None
            if doubt is not None:
                return Settled(item.instance, item.attempt, "error", detail=doubt)
            if not here and found.host == me.host:
                detail = f"{me.host} was started anew meanwhile"
        return Settled(
            item.instance,
            item.attempt,
            found.fate,
            found.exit_code,
            found.started,
            found.ended,
            detail,
        )


def _can_look() -> bool:
    """Whether this system shows what a process is (Linux); else a process id has to do."""
    return Path("/proc/self/environ").exists()


def _doubt(found: AttemptFile) -> str | None:
    """Why an attempt without an end on this host may still get one; None: it will not."""
    if _can_look():
        if found.keeper is not None and _is_keeper(found.keeper):
            return f"process {found.keeper}, which keeps it, has not said how it ended"
        return None
    for pid in (found.pid, found.keeper):
        if pid is not None and _is_alive(pid):
            return f"process {pid} may still run it, which this system does not tell"
    return None


def _is_keeper(pid: int) -> bool:
    """Whether a process lives that will write the ends of the scripts it started.

    See "The attempt file" on the workspace format page.
    """
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().endswith(b"\0maestro-keeper\0")
    except OSError:
        return False


def _is_alive(pid: int) -> bool:
    """Whether a process lives, or what it left in the group that it led."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
