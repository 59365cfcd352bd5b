"""Looks for what a script left in the background: processes of its session that can still write to its logs.

That is asked by a lease (fcntl(2), F_SETLEASE): the kernel gives one for reading only where nobody has the
file open for writing. It costs some microseconds, so all processes are looked at only where it is refused.
"""

from __future__ import annotations

import fcntl
import os

from maestro_adapters.local.keeper.files import Quiet

__all__ = ["is_there", "may_be_written", "named", "still_writing", "writers"]


def still_writing(session: int, logs: list[bytes], before: dict[int, bytes]) -> dict[int, bytes]:
    """Return the processes of a session that can write to these files: process id → name.

    Args:
        session: which.
        logs: paths of the files.
        before: what was returned before; it stands while one of those is there.
    """
    if not any(map(may_be_written, logs)):
        return {}
    return before if any(map(is_there, before)) else writers(session, logs)


def named(left: dict[int, bytes]) -> bytes:
    """Write what `still_writing` returned as an attempt file has it: ``name:pid,…``."""
    return b",".join([b"%b:%d" % (name, pid) for pid, name in left.items()])


def may_be_written(log: bytes) -> bool:
    """Return whether somebody may have a file open for writing; False where there is no telling."""
    if not hasattr(fcntl, "F_SETLEASE"):  # not Linux
        return False
    try:
        file = os.open(log, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError:  # somebody does, or this file system has no leases
        return True
    else:
        return False
    finally:
        os.close(file)  # gives the lease back


def is_there(pid: int) -> bool:
    """Return whether a process lives, or is a zombie."""
    return os.access(b"/proc/%d" % pid, os.F_OK)


def writers(session: int, logs: list[bytes]) -> dict[int, bytes]:
    """Return the processes of a session that have one of these files open: process id → name."""
    files = set()
    for log in logs:
        with Quiet():
            files.add(_identity(log))
    found = {}
    for entry in os.listdir(b"/proc"):  # noqa: PTH208 (an import of pathlib costs the keeper time)
        if not entry.isdigit():
            continue
        folder = b"/proc/%b/" % entry
        with Quiet():  # it has ended meanwhile, or is another user's
            with open(folder + b"stat", "rb") as file:  # noqa: PTH123
                name, _, rest = file.read().rpartition(b") ")
            state, _, _, its_session = rest.split(None, 4)[:4]
            if int(its_session) != session or state in (b"Z", b"X"):
                continue
            for number in os.listdir(folder + b"fd"):  # noqa: PTH208
                with Quiet():  # this one was closed meanwhile; the others count
                    if _identity(folder + b"fd/" + number) in files:
                        found[int(entry)] = _word(name.partition(b"(")[2])
                        break
    return found


def _identity(path: bytes) -> tuple[int, int]:
    status = os.stat(path)  # noqa: PTH116
    return status.st_dev, status.st_ino


def _word(name: bytes) -> bytes:
    """Write a program's name as an attempt file has it."""
    return bytes(c if 32 < c < 127 and c not in b",:=" else ord("_") for c in name)
