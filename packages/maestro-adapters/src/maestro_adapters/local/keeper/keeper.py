"""Keeps scripts: starts them as they have room, and writes down and tells how they ended."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable

from maestro_adapters.local.keeper.files import FileDebts, append, quietly, write
from maestro_adapters.local.keeper.messages import ALREADY_STARTED, CANNOT_START
from maestro_adapters.local.keeper.outbox import Outbox
from maestro_adapters.local.keeper.script_queue import Request, ScriptQueue
from maestro_adapters.local.keeper.spawn import TOO_MANY, Children
from maestro_adapters.local.keeper.starter import Script

__all__ = ["Keeper"]

#: s between two tries to write an end, or to start a script in a system that is full.
_RETRY_INTERVAL = 1.0
#: s between two looks at what scripts left in the background.
_LOOK_INTERVAL = 0.1
#: For the log of a script whose command has ended and left something.
_LEFT = b"maestro: the command has ended with exit code %d; waiting for what it left in the background: %b\n"


class Keeper:
    """The rules over the scripts that wait and those that run.

    A script has ended once no process of its session can write to its logs any more: who forgot a
    ``wait`` gets what a ``wait`` would have given.

    Args:
        start: starts a script at a time (s since 1970), or raises an OSError.
        children: tells which scripts have ended.
        queue: of the requests.
        debts: what could not be written or deleted.
        outbox: where answers go.

    Attributes:
        running: scripts by their process ids.
        leaving: those whose command has ended and left something in the background.
        retry_at: s, steady: when to try again what could not be done; None: there is nothing.
    """

    def __init__(
        self,
        start: Callable[[Request, float], tuple[int, Script]],
        children: Children,
        queue: ScriptQueue,
        debts: FileDebts,
        outbox: Outbox,
    ) -> None:
        self._start = start
        self._children = children
        self._queue = queue
        self._debts = debts
        self._outbox = outbox
        self.running: dict[int, Script] = {}
        self.leaving: dict[int, Script] = {}
        self.retry_at: float | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something runs, or is still to be written or deleted."""
        return bool(self.running or self.leaving or self._debts)

    def obey(self, word: bytes, *fields: bytes) -> None:
        """Do what a message asks."""
        if word == b"start":
            request = Request(*fields)
            self._queue.add(request)
            self.fill()
            if request.is_awaited:
                if request.token in self._queue:
                    self._tell(b"waits", request.token)
                self._outbox.send()
        elif word == b"drop":
            self._queue.remove(fields[0])
        elif word == b"room":
            self._queue.room = int(fields[0])
            self.fill()
        elif word == b"sync":
            self.reap()
            self._tell(b"synced")
            self._outbox.send()

    def fill(self) -> None:
        """Start what has room, in its order."""
        while (request := self._queue.next()) is not None:
            now = time.time()
            try:
                pid, script = self._start(request, now)
            except OSError as error:
                self._retry_debts_later()
                if error.errno in TOO_MANY:
                    self._retry_later()
                    return
                code = ALREADY_STARTED if error.errno == errno.EEXIST else CANNOT_START
                why = os.strerror(error.errno or 0).encode()
                answer = b"refused", request.token, code, why
            else:
                self.running[pid] = script
                self._queue.fill(script.slots)
                answer = b"started", request.token, b"%d" % pid, b"%.3f" % now
            self._queue.remove(request.token)
            self._tell(*answer)

    def reap(self) -> None:
        """Write the ends of the scripts that have ended, and tell them.

        A script stays a zombie until its end is written. Where this process is killed in between, the
        exit code is there for who becomes its parent.
        """
        while self.running and (end := self._children.next_end()) is not None:
            pid, code = end
            script = self.running.pop(pid)
            script.code = code
            if script.look(pid) and time.monotonic() < script.until:
                self._wait_for_what_is_left(pid, script)
            else:
                self._end(pid, script)
            self._children.take(pid)
            self.fill()

    def try_again(self) -> None:
        """Do what could not be done before."""
        self.retry_at = None
        self._debts.settle()
        self._retry_debts_later()
        self._look_at_leaving()
        self.fill()

    def _wait_for_what_is_left(self, pid: int, script: Script) -> None:
        """Note that a command has ended, and that its session goes on."""
        self.leaving[pid] = script
        code, left = script.code or 0, script.named()
        quietly(write, script.attempt_file, b"command code=%d left=%b\n" % (code, left))
        quietly(append, script.logs[-1], _LEFT % (code, left.replace(b",", b", ")))
        self._tell(b"leaves", b"%d" % pid, b"%d" % code, left)
        self._retry_later(_LOOK_INTERVAL)

    def _end(self, pid: int, script: Script) -> None:
        code, left = script.code or 0, script.named()
        self._queue.free(script.slots)
        line = b"end code=%d left=%b\n" % (code, left) if left else b"end code=%d\n" % code
        lost = code != 0 and script.take_back(self._debts)
        if not lost:
            lost = self._debts.write_end(script.attempt_file, script.path, line)
        self._retry_debts_later()
        now = b"%.3f" % time.time()
        self._tell(b"ended", b"%d" % pid, b"%d" % code, now, left, b"%d" % lost)

    def _look_at_leaving(self) -> None:
        for pid, script in list(self.leaving.items()):
            if not script.look(pid) or time.monotonic() >= script.until:
                del self.leaving[pid]
                self._end(pid, script)
        if self.leaving:
            self._retry_later(_LOOK_INTERVAL)

    def _retry_debts_later(self) -> None:
        if self._debts:
            self._retry_later()

    def _retry_later(self, interval: float = _RETRY_INTERVAL) -> None:
        at = time.monotonic() + interval
        self.retry_at = at if self.retry_at is None else min(at, self.retry_at)

    def _tell(self, *fields: bytes) -> None:
        """Tell something; while enough scripts wait, nothing depends on when that is."""
        self._outbox.put(*fields, soon=self._queue.has_few())
