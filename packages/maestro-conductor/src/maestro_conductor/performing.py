"""Instructions become calls: of adapters, and of the file system."""

from __future__ import annotations

import os
from pathlib import Path

from maestro_conductor.attempt_files import read_attempt, void_attempt
from maestro_conductor.events import Event, ScriptsWritten, Settled
from maestro_conductor.instructions import Cancel, Instruction, Settle, Submit, WriteScripts
from maestro_conductor.lanes import SCHEDULED
from maestro_conductor.local_link import LocalLink
from maestro_conductor.parts import Parts
from maestro_conductor.scheduler_link import SchedulerLink

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
            refused = self._local.prepare(item.jobs)
            if refused is not None:
                events.append(refused)
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
            if here and found.pid is not None and not _can_look() and _is_alive(found.pid):
                detail = f"process {found.pid} may still run it, which this system does not tell"
                return Settled(item.instance, item.attempt, "error", detail=detail)
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


def _is_alive(pid: int) -> bool:
    """Whether a driver lives, or what it left in the group that it led."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
