"""Starts a keeper (see `maestro_adapters.local.keeper.process`), asks it, and hears what it reports."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping, Sequence

import attrs

from maestro_adapters.local.job import LocalJob
from maestro_adapters.local.keeper import process
from maestro_adapters.local.keeper.messages import (
    ALREADY_STARTED,
    CANNOT_START,
    Messages,
    pack,
)
from maestro_adapters.script import driver

__all__ = [
    "CommandEnded",
    "Ended",
    "KeeperClient",
    "KeeperDiedError",
    "Refused",
    "Report",
    "Started",
]

#: It needs no installed package. An interpreter that was moved may need PYTHONHOME, like this one.
_FLAGS = ("-I", "-S") if sys.flags.ignore_environment else ("-S",)
#: ms that an idle keeper has to end.
_LAST_WORDS = 1000
#: A dead keeper must not end this process by SIGPIPE (Linux; macOS has no such flag).
_NO_SIGNAL = getattr(socket, "MSG_NOSIGNAL", 0)
#: What a keeper does not end by.
_BLOCKED = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
#: What the host program ignores is not its business.
_DEFAULT_ACTION = sorted(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})
_REFUSALS = {
    ALREADY_STARTED: driver.ALREADY_STARTED,
    CANNOT_START: driver.CANNOT_START,
}


class KeeperDiedError(Exception):
    """The keeper is no more. What it was asked last may or may not have been done."""


@attrs.frozen
class Started:
    """The script of the job with this token runs, as this process, since then (s since 1970)."""

    token: str
    pid: int
    at: float


@attrs.frozen
class Refused:
    """Nothing ran: an exit code of `maestro_adapters.script.driver`, and why, in the system's words."""

    token: str
    code: int
    why: str


@attrs.frozen
class CommandEnded:
    """A command has ended, and what it left in the background is waited for: ``name:pid,…``."""

    pid: int
    code: int
    left: str


@attrs.frozen
class Ended:
    """A script has ended; the exit code is as a shell gives it.

    What it `left` in the background was not waited for any longer.
    """

    pid: int
    code: int
    at: float
    left: str = ""


Report = Started | Refused | CommandEnded | Ended


class KeeperClient:
    """A keeper that this process started. Not safe across threads.

    Args:
        environment: of all scripts.
        facts: of every start line, ``host=… boot=…``.
        close: descriptors that it must not inherit.
        python: the interpreter that runs it.

    Raises:
        OSError: it could not be started.

    Attributes:
        pid: its process id.
        fd: readable while there is something to `receive`.
    """

    def __init__(
        self,
        environment: Mapping[bytes, bytes],
        facts: str,
        close: Sequence[int] = (),
        python: str = sys.executable,
    ) -> None:
        if not python or getattr(sys, "frozen", False):
            raise OSError(errno.ENOENT, "this program knows no Python interpreter to start")
        self._facts = facts
        self._messages = Messages()
        self._unsent = bytearray()
        self._reports: list[Report] = []
        #: Token, or word, of the answer that is waited for.
        self._awaited: bytes | None = None
        self._socket, theirs = socket.socketpair()
        # A descriptor beyond the limit, opened before that was lowered, is refused there (EBADF).
        most = os.sysconf("SC_OPEN_MAX")
        try:
            self.pid = os.posix_spawn(
                python,
                [python, *_FLAGS, process.PATH, process.MARK],
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, theirs.fileno(), 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                    *((os.POSIX_SPAWN_CLOSE, number) for number in close if number < most),
                ],
                setsid=True,
                setsigmask=_BLOCKED,
                setsigdef=_DEFAULT_ACTION,
            )
        except BaseException:
            self._socket.close()
            raise
        finally:
            theirs.close()
        self.fd = self._socket.fileno()
        self._poll = select.poll()
        self._poll.register(self.fd, select.POLLIN)
        with contextlib.suppress(KeeperDiedError):  # that is noticed soon enough
            self._send(*(b"%b=%b" % entry for entry in environment.items()))

    def start(self, job: LocalJob, slots: int, *, wait: bool) -> None:
        """Have a job started when it has room.

        Args:
            job: which.
            slots: that it fills.
            wait: until it has started, or is known to wait. Otherwise the keeper is asked with the
                next message, or by `flush`.

        Raises:
            KeeperDiedError: see there.
        """
        facts = f"{self._facts} slots={job.slots}"
        if job.limit is not None:
            facts += f" limit={job.limit!r}"
        words = (job.token, job.workspace, job.script, str(job.attempt), job.label, facts)
        token, *others = map(os.fsencode, words)
        patience = b"" if job.patience is None else b"%f" % job.patience
        self._unsent += pack(b"start", token, *others, b"%d" % slots, b"%d" % wait, patience)
        if wait:
            self.flush()
            self._receive_until(token)

    def drop(self, job: LocalJob) -> None:
        """Have a job not started any more; after `sync`, `received` tells whether it was before."""
        self._send(b"drop", os.fsencode(job.token))

    def set_room(self, slots: int) -> None:
        """Say how many slots all scripts may fill; of its death, `receive` tells."""
        with contextlib.suppress(KeeperDiedError):
            self._send(b"room", b"%d" % slots)

    def sync(self) -> None:
        """Ask for everything that it knows by now, and wait for it; `received` returns it."""
        self._send(b"sync")
        self._receive_until(b"synced")

    def received(self) -> list[Report]:
        """Return what has come since the last call of this or of `receive`; reads nothing."""
        reports, self._reports = self._reports, []
        return reports

    def receive(self) -> list[Report]:
        """Read what it has reported by now, and return it with what came before; does not wait.

        Raises:
            KeeperDiedError: and all that it reported before was returned.
        """
        if not self._reports and self._poll.poll(0):
            self._receive()
        return self.received()

    def close(self, idle: bool) -> None:
        """Ask for nothing more: it ends with its last script.

        Args:
            idle: it has none, so it is waited for.
        """
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
        if idle and self._poll.poll(_LAST_WORDS):
            self.reap()
        else:
            self._socket.close()

    def reap(self) -> bool:
        """Free what is left of one that is gone, or about to be; returns whether somebody killed it."""
        self._socket.close()
        try:
            _, status = os.waitpid(self.pid, 0)
        except ChildProcessError:  # the host program was faster
            return False
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

    def flush(self) -> None:
        """Send what was not sent yet."""
        unsent, self._unsent = self._unsent, bytearray()
        try:
            if unsent:
                self._socket.sendall(unsent, _NO_SIGNAL)
        except OSError:
            raise KeeperDiedError from None

    def _send(self, *fields: bytes) -> None:
        self._unsent += pack(*fields)
        self.flush()

    def _receive_until(self, answer: bytes) -> None:
        self._awaited = answer
        while self._awaited is not None:
            self._receive()

    def _receive(self) -> None:
        """Wait for messages."""
        try:
            data = self._socket.recv(65536)
        except ConnectionResetError:
            data = b""
        if not data:
            raise KeeperDiedError
        for word, *fields in self._messages.feed(data):
            if (fields[0] if fields else word) == self._awaited:
                self._awaited = None
            if word == b"ended":
                left = os.fsdecode(fields[3])
                self._reports.append(Ended(int(fields[0]), int(fields[1]), float(fields[2]), left))
                continue
            if word == b"leaves":
                left = os.fsdecode(fields[2])
                self._reports.append(CommandEnded(int(fields[0]), int(fields[1]), left))
                continue
            token = os.fsdecode(fields[0]) if fields else ""
            if word == b"started":
                self._reports.append(Started(token, int(fields[1]), float(fields[2])))
            elif word == b"refused":
                self._reports.append(Refused(token, _REFUSALS[fields[1]], os.fsdecode(fields[2])))
