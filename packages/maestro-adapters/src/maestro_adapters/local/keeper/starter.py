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
from maestro_adapters.local.keeper.unfound import files_of_unfound

__all__ = ["Script", "Starter"]

#: The workspace, for whoever is in it.
_HERE = b"."


class Script:
    """A script that runs, or whose command has ended and left something in the background.

    Attributes:
        attempt_file, path: its attempt file, open and by its path.
        command: path of what runs.
        slots: that it fills.
        logs: their paths.
        began: s, steady.
        until: s, steady: what is left then is not waited for any longer.
        code: exit code; None: it runs.
        left: what its session still does: process id → name.
    """

    __slots__ = (
        "attempt_file",
        "began",
        "code",
        "command",
        "left",
        "logs",
        "path",
        "slots",
        "until",
    )

    def __init__(
        self, attempt_file: int, path: bytes, logs: list[bytes], request: Request, began: float
    ) -> None:
        self.attempt_file, self.path, self.logs, self.began = attempt_file, path, logs, began
        self.command, self.slots = request.script, request.slots
        self.until = began + request.patience
        self.code: int | None = None
        self.left: dict[int, bytes] = {}

    def take_back(self, debts: FileDebts) -> bool:
        """Delete what says that it has begun, where its folder was moved before it could.

        Returns:
            Whether it was; then its attempt file is closed.
        """
        seconds = time.monotonic() - self.began
        files = files_of_unfound(self.command, self.attempt_file, self.logs, seconds)
        if not files:
            return False
        os.close(self.attempt_file)
        for file in files:
            debts.delete(file)
        return True

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

        All is done from within the workspace: a folder that is moved meanwhile keeps no attempt file
        of a script that did not run.

        Raises:
            OSError: nothing runs, and nothing is left behind.
        """
        workspace, attempt = request.workspace, request.attempt
        path = attempt_path(workspace, attempt)
        os.chdir(workspace)
        made: list[tuple[int, bytes]] = []
        try:
            attempt_here = attempt_path(_HERE, attempt)
            made.append((create(attempt_here), attempt_here))
            facts = b"start keeper=%d %b time=%d\n" % (os.getpid(), request.facts, now)
            write(made[0][0], facts)
            for kind in KINDS:
                log = log_path(_HERE, attempt, kind)
                made.append((open_own(log), log))
            environment = {
                **self._environment,
                b"MAESTRO_TOKEN": request.token,
                b"MAESTRO_ATTEMPT": path,
            }
            pid = spawn(request.script, environment, (self._null, made[1][0], made[2][0]))
            (attempt_file, _), *opened = made
            quietly(write, attempt_file, b"script pid=%d\n" % pid)
            logs = name_logs(_HERE, request.label, attempt, pid)
        except OSError:
            for descriptor, name in made:
                os.close(descriptor)
                self._debts.delete(name, workspace)
            raise
        finally:
            os.chdir(b"/")  # keep no file system busy
        for descriptor, _ in opened:
            os.close(descriptor)
        there = [workspace + log.removeprefix(_HERE) for log in logs]
        return pid, Script(attempt_file, path, there, request, time.monotonic())
