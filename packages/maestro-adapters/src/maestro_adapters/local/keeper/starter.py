"""Starts a script with its attempt file and its logs. Works on the disk, and on processes."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from maestro_adapters.local.keeper.background import named, still_writing
from maestro_adapters.local.keeper.files import (
    KINDS,
    FileDebts,
    attempt_path,
    create,
    log_path,
    name_logs,
    open_own,
    quietly,
    write,
)
from maestro_adapters.local.keeper.script_queue import Request
from maestro_adapters.local.keeper.spawn import spawn

__all__ = ["Script", "Starter"]


class Script:
    """A script that runs, or whose command has ended and left something in the background.

    Attributes:
        attempt_file, path: its attempt file, open and by its path.
        slots: that it fills.
        logs: their paths.
        until: s, steady: what is left then is not waited for any longer.
        code: exit code; None: it runs.
        left: what its session still does: process id → name.
    """

    __slots__ = ("attempt_file", "code", "left", "logs", "path", "slots", "until")

    def __init__(
        self, attempt_file: int, path: bytes, slots: int, until: float, logs: list[bytes]
    ) -> None:
        self.attempt_file, self.path, self.slots, self.until = attempt_file, path, slots, until
        self.logs = logs
        self.code: int | None = None
        self.left: dict[int, bytes] = {}

    def look(self, session: int) -> bool:
        """See what of its session can write to its logs; returns whether something can."""
        self.left = still_writing(session, self.logs, self.left)
        return bool(self.left)

    def named(self) -> bytes:
        """Return what is left, as an attempt file has it."""
        return named(self.left)


class Starter:
    """Starts scripts in their workspaces.

    Args:
        environment: of all scripts.
        debts: takes the files that could not be deleted of a script that was not started.
    """

    def __init__(self, environment: Mapping[bytes, bytes], debts: FileDebts) -> None:
        self._environment = environment
        self._debts = debts
        self._null = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)

    def close(self) -> None:
        """Start nothing more."""
        os.close(self._null)

    def start(self, request: Request, now: float) -> tuple[int, Script]:
        """Start a script at `now`, in s since 1970; returns its process id, and the script.

        Raises:
            OSError: nothing runs, and nothing is left behind.
        """
        workspace, attempt = request.workspace, request.attempt
        path = attempt_path(workspace, attempt)
        environment = {
            **self._environment,
            b"MAESTRO_TOKEN": request.token,
            b"MAESTRO_ATTEMPT": path,
        }
        os.chdir(workspace)
        made: list[tuple[int, bytes]] = []
        try:
            made.append((create(path), path))
            facts = b"start keeper=%d %b time=%d\n" % (os.getpid(), request.facts, now)
            write(made[0][0], facts)
            for kind in KINDS:
                log = log_path(workspace, attempt, kind)
                made.append((open_own(log), log))
            pid = spawn(request.script, environment, (self._null, made[1][0], made[2][0]))
        except OSError:
            for descriptor, name in made:
                os.close(descriptor)
                self._debts.delete(name)
            raise
        finally:
            os.chdir(b"/")  # keep no file system busy
        (attempt_file, _), *opened = made
        quietly(write, attempt_file, b"script pid=%d\n" % pid)
        logs = name_logs(workspace, request.label, attempt, pid)
        for descriptor, _ in opened:
            os.close(descriptor)
        until = time.monotonic() + request.patience
        return pid, Script(attempt_file, path, request.slots, until, logs)
