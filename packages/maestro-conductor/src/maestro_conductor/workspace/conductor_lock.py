"""One conductor per workspace: a lock that dies with its holder, and a file that says who it is."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import msgpack

from maestro_conductor.errors import FormatError, HeldError, WorkspaceError
from maestro_conductor.workspace.atomic_write import (
    NO_ROOM,
    OWN_MODE,
    ensure_seen,
    overwrite_file,
    replace_file,
)
from maestro_conductor.workspace.checksums import check_sum, has_sum, seal
from maestro_conductor.workspace.headers import check_header, header
from maestro_conductor.workspace.paths import CONDUCTOR, LOCK
from maestro_conductor.workspace.regular_files import open_regular, read_regular

__all__ = [
    "HEARTBEAT",
    "STALE",
    "Hold",
    "Holder",
    "boot_id",
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
#: Bytes of the file that says who holds a workspace, and most characters of a reason in it.
_SIZE, _LONGEST = 4096, 300
#: How often a lock is tried, and s between two tries.
_TRIES, _PAUSE = 10, 0.03


def _is(kind: type) -> Any:
    return attrs.field(validator=attrs.validators.instance_of(kind))


def _may_be(kind: type) -> Any:
    right = attrs.validators.optional(attrs.validators.instance_of(kind))
    return attrs.field(default=None, validator=right)


@attrs.frozen
class Holder:
    """Who holds a workspace, or last held it.

    Attributes:
        host: its name.
        boot: boot id of that host.
        pid: the process.
        since: ms since 1970, when it took the workspace.
        heartbeat: ms since 1970, when it last said so.
        live: False: it left on purpose.
        trouble: why the scheduler takes nothing; None: as far as is known, it does.
        trouble_since: ms since 1970, since when.
        paused: why the study stands still, such as a full disk; None: it does not.
        paused_since: ms since 1970, since when.
    """

    host: str = _is(str)
    boot: str = _is(str)
    pid: int = _is(int)
    since: int = _is(int)
    heartbeat: int = _is(int)
    live: bool = _is(bool)
    trouble: str | None = _may_be(str)
    trouble_since: int | None = _may_be(int)
    paused: str | None = _may_be(str)
    paused_since: int | None = _may_be(int)

    def describe(self) -> str:
        """For messages: host, boot, pid, since, heartbeat."""
        return (
            f"pid {self.pid} on {self.host} (boot {self.boot}), since {_shown(self.since)}, "
            f"heartbeat {_shown(self.heartbeat)}"
        )


def boot_id() -> str:
    """Changes with every boot of this host; ``-`` where the system does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "-"


def last_holder(root: Path) -> Holder | None:
    """Who holds the workspace, or last held it; None: nobody ever did.

    Raises:
        FormatError: the file is of a version that cannot be read here.
    """
    path = root / CONDUCTOR
    try:
        content = read_regular(path)
        value = msgpack.unpackb(content, unicode_errors="surrogateescape")
    except OSError:
        return None
    except (ValueError, msgpack.UnpackException):
        return None  # a machine went down while it was written; the lock knows better
    if has_sum(value):
        try:
            check_sum(path, "the record", content, value)
        except FormatError:
            return None  # so here, or it is being written over in place
    known = check_header(value, "maestro-conductor", str(path))
    fields = attrs.fields(Holder)
    if any(field.default is attrs.NOTHING and field.name not in known for field in fields):
        return None
    try:
        return Holder(**{field.name: known[field.name] for field in fields if field.name in known})
    except TypeError:  # of a version without checksums, and damaged
        return None


def holder(root: Path, *, now: int | None = None) -> Holder | None:
    """The conductor that runs the workspace; None: none, as far as can be told from here.

    On the conductor's host the lock tells; from another host, where it may not reach, and where the
    lock may not be read, a fresh heartbeat counts as well.

    Args:
        root: the workspace.
        now: ms since 1970.

    Raises:
        FormatError: as for `last_holder`.
    """
    last = last_holder(root)
    if _is_locked(root / LOCK):
        # Between taking the lock and saying so there is a moment.
        return last or Holder("-", "-", 0, 0, 0, True)
    if last is None or not last.live or (_is_here(last) and lock_is_readable(root)):
        return None
    now = time.time_ns() // 1_000_000 if now is None else now
    return last if now - last.heartbeat < STALE * 1000 else None


def lock_is_readable(root: Path) -> bool:
    """Whether the lock can tell whether a conductor lives; False: you may not read it."""
    try:
        os.close(open_regular(root / LOCK))
    except PermissionError:
        return False
    except OSError:
        return True
    return True


class Hold:
    """A workspace that is held. `beat` every `HEARTBEAT` seconds."""

    def __init__(self, root: Path, descriptor: int, since: int) -> None:
        self._path = root / CONDUCTOR
        self._descriptor = descriptor
        self.me = Holder(platform.node() or "-", boot_id(), os.getpid(), since, since, True)

    def beat(self, now: int, *, live: bool = True) -> None:
        """Say that the holder lives, or that it leaves.

        Raises:
            OSError: it could not be written.
        """
        self.me = attrs.evolve(self.me, heartbeat=now, live=live)
        content = _packed(self.me)
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
        """Let go of the lock."""
        os.close(self._descriptor)


def _packed(me: Holder) -> bytes:
    """The file of `_SIZE` bytes, so that each may be written over the one before."""
    value = {**header("maestro-conductor"), **attrs.asdict(me)}
    for name in ("trouble", "paused"):
        if value[name] is not None:
            value[name] = value[name][:_LONGEST]
    room = _SIZE - len(seal(_pack, {**value, "padding": b""}))
    # What 256 bytes and more say of their length takes a byte more.
    return seal(_pack, {**value, "padding": bytes(max(0, room - 1))})


def _pack(value: Any) -> bytes:
    packed: bytes = msgpack.packb(value, unicode_errors="surrogateescape")
    return packed


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
    if not _is_at(path, descriptor):  # somebody put another study in its place meanwhile
        os.close(descriptor)
        return keep_off(root)
    return descriptor


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether a file that is open is still the one in that place."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _lock(root: Path, descriptor: int) -> None:
    try:
        if not _take(descriptor):
            raise _held(root, last_holder(root))
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise WorkspaceError(f"{root / LOCK} cannot be locked: {error.strerror}") from error
        # A file system without locks: the heartbeat alone decides.


def _take(descriptor: int) -> bool:
    """Lock a file; one who merely asks may have it for a moment, so several tries count."""
    for number in range(_TRIES):
        if number:
            time.sleep(_PAUSE)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    return False


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
    return conductor.host == (platform.node() or "-")


def _is_locked(path: Path) -> bool:
    try:
        descriptor = open_regular(path)
    except OSError:
        return False
    try:  # a shared lock needs no permission to write, and no conductor's leaves room for it
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def _shown(time_ms: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(time_ms / 1000))
