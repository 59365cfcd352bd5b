"""Finds the processes of jobs, whoever started them, signals them, and asks for their ends.

A job is a session of its own. A process that left the session still carries the job's token in
the environment it was started with, which Linux shows in ``/proc/<pid>/environ`` (proc(5)).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import socket
import struct
import time
from collections.abc import Collection, Iterator
from pathlib import Path

import attrs

from maestro_adapters.job.states import exit_code_of_wait_status
from maestro_adapters.local.keeper.process import MARK

__all__ = [
    "Process",
    "Stat",
    "age",
    "can_scan",
    "exit_code",
    "has_ended",
    "host_and_boot",
    "inherited_descriptors",
    "is_keeper",
    "is_zombie",
    "open_pidfd",
    "read_stat",
    "scan",
    "send_signal",
]

_TOKEN, _ATTEMPT = b"MAESTRO_TOKEN", b"MAESTRO_ATTEMPT"
#: Parents of the kernel's own threads, which have neither environment nor arguments.
_KERNEL = (0, 2)
#: s that setting up a program may take on a busy machine; else it is less than 1 ms.
_SETTING_UP = 1.0
#: Looks at such a process, and s between them.
_MOST_LOOKS, _LOOK_INTERVAL = 50, 0.001
#: linux/pidfd.h: struct pidfd_info (mask, cgroup, eleven ids, wait status) and how it is asked for.
_INFO = struct.Struct("=QQ11Ii")
_GET_INFO = 3 << 30 | _INFO.size << 16 | 0xFF << 8 | 11
_INFO_EXIT = 1 << 3
_PROC = Path("/proc")
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@attrs.frozen
class Process:
    """A process that belongs to a job.

    Attributes:
        pid: its id.
        group: id of its process group.
        session: id of its session.
        token: of the job, where it carries one.
        attempt: path of the attempt file, where it carries one.
    """

    pid: int
    group: int
    session: int
    token: str | None
    attempt: str | None


@attrs.frozen
class Stat:
    """What ``/proc/<pid>/stat`` says of a process, living or a zombie: proc(5).

    Attributes:
        name: of its program, at most 15 bytes.
        state: ``Z``: it has ended, and nobody took its exit code yet.
        parent, group, session: ids.
        started: clock ticks since boot.
    """

    name: bytes
    state: str
    parent: int
    group: int
    session: int
    started: int


def read_stat(pid: int) -> Stat | None:
    """Read it of a process; None: there is no such process."""
    try:
        stat = _read(pid, "stat")
    except OSError:
        return None
    # The second field is the program's name in brackets, and may hold anything.
    name, fields = stat[: stat.rindex(b")")], stat[stat.rindex(b")") + 2 :].split()
    numbers = (int(fields[field]) for field in (1, 2, 3, 19))
    return Stat(name[name.index(b"(") + 1 :], fields[0].decode(), *numbers)


def age(pid: int) -> float:
    """Return how long a process has run, in s, whatever was done to the clock; 0 where it is gone."""
    stat = read_stat(pid)
    return 0.0 if stat is None else _age(stat)


def _age(stat: Stat) -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME) - stat.started / os.sysconf("SC_CLK_TCK")


def can_scan() -> bool:
    """Return whether this system shows the environment of processes."""
    return (_PROC / "self" / "environ").exists()


def scan(tokens: Collection[str] = (), sessions: Collection[int] = ()) -> Iterator[Process]:
    """Yield all processes that carry one of the tokens or belong to one of the sessions.

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
    """Read what is known of a process; None: it is gone, or another user's, or the kernel's."""
    looks = 0
    while True:
        try:
            environment = _read(pid, "environ")
        except OSError:
            return None
        stat = read_stat(pid)
        if stat is None or stat.state in "ZX":
            return None
        looks += 1
        # While the kernel sets a program up, it shows none of its environment.
        young = stat.parent not in _KERNEL and _age(stat) < _SETTING_UP
        if environment or not young or looks == _MOST_LOOKS:
            break
        time.sleep(_LOOK_INTERVAL)
    token, attempt = _variable(environment, _TOKEN), _variable(environment, _ATTEMPT)
    return Process(pid, stat.group, stat.session, token, attempt)


def _read(pid: int, name: str) -> bytes:
    with open(f"/proc/{pid}/{name}", "rb") as file:  # noqa: PTH123 (Path costs as much as the read)
        return file.read()


def _variable(environment: bytes, name: bytes) -> str | None:
    environment = b"\0" + environment
    start = environment.find(b"\0" + name + b"=")
    if start < 0:
        return None
    start += len(name) + 2
    end = environment.find(b"\0", start)
    return os.fsdecode(environment[start : end if end >= 0 else None])


def is_keeper(pid: int) -> bool:
    """Return whether a process that lives is a keeper; True where this system does not tell."""
    try:
        return _read(pid, "cmdline").endswith(os.fsencode(f"\0{MARK}\0"))
    except OSError:
        return not can_scan() and not has_ended(pid, None)


def is_zombie(pid: int) -> bool:
    """Return whether a process has ended, and nobody took its exit code yet."""
    stat = read_stat(pid)
    return stat is not None and stat.state == "Z"


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
    """Open a descriptor that becomes readable when the process ends; None: it cannot be had.

    Linux has them since 5.3 (pidfd_open(2)).
    """
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:  # no such call, no such process, or too many open files
        return None


def has_ended(pid: int, pidfd: int | None) -> bool:
    """Return whether a process that may not be our child has ended; by -n, the whole group n.

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


def exit_code(pid: int, pidfd: int | None) -> int | None:
    """Return the exit code of a process that need not be our child, as a shell gives it; None: nobody knows.

    Linux keeps it for those who hold a pidfd, once somebody has reaped the process (since 6.15:
    PIDFD_GET_INFO, PIDFD_INFO_EXIT in linux/pidfd.h). Who adopts orphans does that at once; in a
    container it may be late, and ``/proc`` shows the exit code of a zombie of ours: its last field.
    """
    if pidfd is None:
        return None
    for _ in range(_MOST_LOOKS):
        with contextlib.suppress(OSError):
            stat = _read(pid, "stat")
            zombie = stat[stat.rindex(b")") + 2 :].startswith(b"Z")
            if zombie and (_PROC / str(pid)).stat().st_uid == os.geteuid():
                return exit_code_of_wait_status(int(stat.split()[-1]))
        info = bytearray(_INFO.pack(_INFO_EXIT, *[0] * 13))
        try:
            fcntl.ioctl(pidfd, _GET_INFO, info)
        except OSError:  # an older kernel
            return None
        mask, *_, status = _INFO.unpack(info)
        if mask & _INFO_EXIT:
            return exit_code_of_wait_status(status)
        time.sleep(_LOOK_INTERVAL)
    return None


def inherited_descriptors() -> list[int]:
    """List the open descriptors above 2 that a child would inherit, as far as this system tells.

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
    """Return name and boot id of this machine, as an attempt file has them."""
    try:
        boot = _BOOT_ID.read_text().strip()
    except OSError:
        boot = "-"
    return "".join(socket.gethostname().split()) or "-", boot or "-"
