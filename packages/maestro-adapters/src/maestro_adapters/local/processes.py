"""The processes of a job: starting its driver, finding what it left running, signalling all of it.

A job is a session of its own. A process that left the session still carries the job's token in
the environment it was started with, which Linux shows in ``/proc/<pid>/environ`` (proc(5)).
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import attrs

from maestro_adapters import driver

__all__ = [
    "Process",
    "Stat",
    "age",
    "can_scan",
    "has_ended",
    "host_and_boot",
    "inherited_descriptors",
    "open_pidfd",
    "read_stat",
    "scan",
    "send_signal",
    "spawn",
]

_TOKEN_ENTRY = b"MAESTRO_TOKEN="
_PROC = Path("/proc")
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

#: Signals whose action a job must not inherit: Python ignores SIGPIPE, a `nohup` SIGHUP, …
_DEFAULT_ACTION = sorted(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})


@attrs.frozen
class Process:
    """A process that belongs to a job.

    Attributes:
        pid: its id.
        parent: id of its parent.
        group: id of its process group.
        session: id of its session.
        token: of the job, where it carries one.
        arguments: its command line.
    """

    pid: int
    parent: int
    group: int
    session: int
    token: str | None
    arguments: tuple[bytes, ...]

    @property
    def is_driver(self) -> bool:
        """Whether it is the driver of a job, or a fork of it that has yet to become the script."""
        return self.arguments[1:2] == (b"-c",) and self.arguments[3:4] == (b"maestro",)

    @property
    def driver_arguments(self) -> list[str] | None:
        """What `spawn` was given, where this is the driver of a job."""
        if self.is_driver and self.pid == self.session:
            return [os.fsdecode(word) for word in self.arguments[4:]]
        return None


@attrs.frozen
class Stat:
    """What ``/proc/<pid>/stat`` says of a process, living or a zombie: proc(5).

    Attributes:
        state: ``Z``: it has ended, and nobody took its exit code yet.
        parent, group, session: ids.
        started: clock ticks since boot.
    """

    state: str
    parent: int
    group: int
    session: int
    started: int


def read_stat(pid: int) -> Stat | None:
    """None: there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 (Path costs as much as the read)
            stat = file.read()
    except OSError:
        return None
    # The second field is the program's name in brackets, and may hold anything.
    fields = stat[stat.rindex(b")") + 2 :].split()
    return Stat(fields[0].decode(), int(fields[1]), int(fields[2]), int(fields[3]), int(fields[19]))


def age(pid: int) -> float:
    """How long a process has run, in s, whatever was done to the clock; 0 where it is gone."""
    stat = read_stat(pid)
    if stat is None:
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - stat.started / os.sysconf("SC_CLK_TCK")


def can_scan() -> bool:
    """Whether this system shows the environment of processes."""
    return (_PROC / "self" / "environ").exists()


def scan(tokens: Collection[str] = (), sessions: Collection[int] = ()) -> Iterator[Process]:
    """All processes that carry one of the tokens or belong to one of the sessions.

    One pass over ``/proc``, however many are looked for. Other users' processes are not seen, nor is
    this one, which may have been started from within a job.
    """
    own = os.getpid()
    for entry in os.scandir(_PROC):
        other = entry.name.isdigit() and int(entry.name) != own
        found = _look(int(entry.name)) if other else None
        if found and (found.token in tokens or found.session in sessions):
            yield found


def _look(pid: int) -> Process | None:
    """What there is to know of a process; None: it is gone, or another user's, or the kernel's."""
    folder = f"/proc/{pid}"
    try:
        with open(f"{folder}/environ", "rb") as file:  # noqa: PTH123
            environment = file.read()
        with open(f"{folder}/cmdline", "rb") as file:  # noqa: PTH123
            arguments = tuple(file.read().split(b"\0")[:-1])
    except OSError:
        return None
    stat = read_stat(pid)
    if stat is None or stat.state in "ZX":
        return None
    return Process(pid, stat.parent, stat.group, stat.session, _token(environment), arguments)


def _token(environment: bytes) -> str | None:
    start = (
        0 if environment.startswith(_TOKEN_ENTRY) else environment.find(b"\0" + _TOKEN_ENTRY) + 1
    )
    if start == 0 and not environment.startswith(_TOKEN_ENTRY):
        return None
    end = environment.find(b"\0", start)
    return os.fsdecode(environment[start + len(_TOKEN_ENTRY) : end if end >= 0 else None])


def send_signal(process: Process, number: int) -> None:
    """Signal a process, and none that has got its id meanwhile."""
    pidfd = open_pidfd(process.pid)
    try:
        now = _look(process.pid)
        if now is None or (now.session, now.token) != (process.session, process.token):
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if pidfd is not None:
                signal.pidfd_send_signal(pidfd, number)
            else:
                os.kill(process.pid, number)
    finally:
        if pidfd is not None:
            os.close(pidfd)


def open_pidfd(pid: int) -> int | None:
    """A descriptor that becomes readable when the process ends; None: it cannot be had.

    Linux has them since 5.3 (pidfd_open(2)).
    """
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:  # no such call, no such process, or too many open files
        return None


def has_ended(pid: int, pidfd: int | None) -> bool:
    """Whether a process that may not be our child has ended; by -n, the whole group n.

    A group's number is given to no other process while a member lives (POSIX, fork()).
    """
    if pidfd is not None:
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)
        return bool(poll.poll(0))
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def inherited_descriptors() -> list[int]:
    """Open descriptors above 2 that a child would inherit, as far as this system tells.

    Python opens none of that kind by itself (PEP 446); whoever started it may have.
    """
    try:
        numbers = [int(name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208
    except OSError:
        return []
    inherited = []
    for number in numbers:
        with contextlib.suppress(OSError):  # the one that listed the folder is closed by now
            if number > 2 and os.get_inheritable(number):
                inherited.append(number)
    return inherited


def host_and_boot() -> tuple[str, str]:
    """Name and boot id of this machine, as an attempt file has them."""
    try:
        boot = _BOOT_ID.read_text().strip()
    except OSError:
        boot = "-"
    return "".join(socket.gethostname().split()) or "-", boot or "-"


def spawn(
    arguments: Iterable[str],
    environment: Mapping[bytes, bytes],
    token: str,
    close: Iterable[int] = (),
) -> int:
    """Start a driver in a session of its own; returns its process id.

    ``posix_spawn`` costs less than half of what ``subprocess.Popen`` does, in our own time.

    Args:
        arguments: of the driver, see `maestro_adapters.driver`.
        environment: of the job, but for its token.
        token: of the job.
        close: descriptors that the job must not inherit.

    Raises:
        OSError: it could not be started.
    """
    return os.posix_spawn(
        "/bin/sh",
        ["sh", "-c", driver.LOCAL, "maestro", *arguments],
        {**environment, b"MAESTRO_TOKEN": os.fsencode(token)},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            *((os.POSIX_SPAWN_CLOSE, number) for number in close),
        ],
        setsid=True,
        setsigmask=(),
        setsigdef=_DEFAULT_ACTION,
    )
