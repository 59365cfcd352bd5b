"""Hold a workspace: one conductor at a time, by a lock that dies with it and a heartbeat."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

import attrs

from maestro_conductor.errors import HeldError, WorkspaceError
from maestro_conductor.workspace.atomic_write import (
    NO_ROOM,
    OWN_MODE,
    ensure_seen,
    overwrite_file,
    replace_file,
)
from maestro_conductor.workspace.conductor_record import Holder, boot_id, last_holder, pack_holder
from maestro_conductor.workspace.file_lock import is_at, is_locked, take_lock
from maestro_conductor.workspace.paths import CONDUCTOR, LOCK
from maestro_conductor.workspace.regular_files import open_regular

__all__ = [
    "HEARTBEAT",
    "STALE",
    "Hold",
    "Holder",
    "hold",
    "holder",
    "keep_off",
    "last_holder",
    "lock_is_readable",
]

#: s between two heartbeats.
HEARTBEAT = 15.0
#: s after which a heartbeat from another host is old: it may be 15 s apart from the next, and be
#: seen 60 s late through a network file system (nfs(5), acregmax), by another clock.
STALE = 120.0


def holder(root: Path, *, now: int | None = None) -> Holder | None:
    """Return the conductor that runs the workspace; None: none, as far as can be told from here.

    On the conductor's host the lock tells; from another host, where it may not reach, and where the
    lock may not be read, a fresh heartbeat counts as well.

    Args:
        root: the workspace.
        now: ms since 1970.

    Raises:
        FormatError: as for `last_holder`.
    """
    last = last_holder(root)
    if is_locked(root / LOCK):
        # Between taking the lock and saying so there is a moment.
        return last or Holder("-", "-", 0, 0, 0, True)
    if last is None or not last.live or (_is_here(last) and lock_is_readable(root)):
        return None
    now = time.time_ns() // 1_000_000 if now is None else now
    return last if now - last.heartbeat < STALE * 1000 else None


def lock_is_readable(root: Path) -> bool:
    """Tell whether the lock shows if a conductor lives; False: you may not read it."""
    try:
        os.close(open_regular(root / LOCK))
    except PermissionError:
        return False
    except OSError:
        return True
    return True


class Hold:
    """A workspace that is held. `beat` every `HEARTBEAT` seconds.

    Attributes:
        me: what the record says of the holder.
    """

    def __init__(self, root: Path, descriptor: int, since: int) -> None:
        self._path: Path | None = root / CONDUCTOR
        self._descriptor = descriptor
        self.me = Holder(_host_name(), boot_id(), os.getpid(), since, since, True)

    def follow(self, root: Path | None) -> None:
        """Write the record where the workspace was moved to; None: no more, it was deleted."""
        self._path = None if root is None else root / CONDUCTOR

    def beat(self, now: int, *, live: bool = True) -> None:
        """Say that the holder lives, or that it leaves.

        Raises:
            OSError: it could not be written.
        """
        self.me = attrs.evolve(self.me, heartbeat=now, live=live)
        if self._path is None:
            return
        content = pack_holder(self.me)
        try:
            replace_file(self._path, content, mode=OWN_MODE, sync=False)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            overwrite_file(self._path, content)

    def note(self, trouble: str | None, paused: str | None, now: int) -> None:
        """Say what is wrong, for those who ask for the study's status.

        Args:
            trouble: why the scheduler takes nothing; None: it does.
            paused: why the study stands still; None: it goes on.
            now: ms since 1970.

        Raises:
            OSError: it could not be written.
        """
        me = self.me
        self.me = attrs.evolve(
            me,
            trouble=trouble,
            trouble_since=None if trouble is None else me.trouble_since or now,
            paused=paused,
            paused_since=None if paused is None else me.paused_since or now,
        )
        self.beat(now)

    def release(self) -> None:
        """Release the lock."""
        os.close(self._descriptor)


@contextlib.contextmanager
def hold(root: Path, *, take_over: bool = False) -> Iterator[Hold]:
    """Hold a workspace: no other conductor can.

    Args:
        root: the workspace.
        take_over: take it from a conductor of another host whose heartbeat is old.

    Raises:
        HeldError: another conductor holds it; the text says which.
        WorkspaceError: the lock cannot be had.
    """
    held = Hold(root, keep_off(root), time.time_ns() // 1_000_000)
    try:
        _refuse_elsewhere(root, held.me, take_over)
        with contextlib.suppress(OSError):  # a full disk: the loop waits for room and beats then
            held.beat(held.me.since)
        yield held
        with contextlib.suppress(OSError):
            held.beat(time.time_ns() // 1_000_000, live=False)
    finally:
        held.release()


def keep_off(root: Path) -> int:
    """Lock a workspace without becoming its conductor.

    Returns:
        The descriptor of the lock; closing it lets go.

    Raises:
        HeldError: a conductor holds it; the text says which.
        WorkspaceError: the lock cannot be had.
    """
    path = root / LOCK
    try:
        descriptor = open_regular(path, os.O_RDWR | os.O_CREAT, OWN_MODE)
    except OSError as error:
        advice = (
            ". Make room for a few files, then start it again" if error.errno in NO_ROOM else ""
        )
        raise WorkspaceError(f"{path} cannot be opened: {error.strerror}{advice}") from error
    try:
        _lock(root, descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    if not is_at(path, descriptor):  # somebody put another study in its place meanwhile
        os.close(descriptor)
        return keep_off(root)
    return descriptor


def _lock(root: Path, descriptor: int) -> None:
    try:
        if not take_lock(descriptor):
            raise _held(root, last_holder(root))
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise WorkspaceError(f"{root / LOCK} cannot be locked: {error.strerror}") from error
        # A file system without locks: the heartbeat alone decides.


def _refuse_elsewhere(root: Path, me: Holder, take_over: bool) -> None:
    with contextlib.suppress(OSError):  # a full disk, as for the first heartbeat
        ensure_seen(root / CONDUCTOR)
    other = last_holder(root)
    if other is None or not other.live or _is_here(other):
        return
    age = (me.since - other.heartbeat) / 1000
    if age < STALE:
        raise _held(root, other)
    if not take_over:
        raise HeldError(
            f"{root} was held by a conductor on another host, and it did not say that it left: "
            f"{other.describe()}. If it is surely gone, take over with --take-over"
        )


def _held(root: Path, other: Holder | None) -> HeldError:
    who = other.describe() if other else "a process that has not said who it is yet"
    return HeldError(f"another conductor holds {root}: {who}")


def _is_here(conductor: Holder) -> bool:
    return conductor.host == _host_name()


def _host_name() -> str:
    return os.uname().nodename or "-"
