"""Read and write the file in which a conductor says who it is, and that it lives."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import attrs
import msgpack

from maestro_conductor.errors import FormatError
from maestro_conductor.workspace.checksums import check_sum, has_sum, seal
from maestro_conductor.workspace.headers import check_header, header
from maestro_conductor.workspace.paths import CONDUCTOR
from maestro_conductor.workspace.regular_files import read_regular

__all__ = ["Holder", "boot_id", "last_holder", "pack_holder"]

#: Bytes of the file, and most characters of a reason in it.
_SIZE, _LONGEST = 4096, 300


def _is(kind: type) -> Any:  # as the type of a field, which attrs makes of it
    return attrs.field(validator=attrs.validators.instance_of(kind))


def _may_be(kind: type) -> Any:  # likewise
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
        folder: inode number of the ``.maestro/`` that it holds; None: that says nothing there.
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
    folder: int | None = _may_be(int)

    def describe(self) -> str:
        """Return host, boot, pid, since and heartbeat, for messages."""
        return (
            f"pid {self.pid} on {self.host} (boot {self.boot}), since {_shown(self.since)}, "
            f"heartbeat {_shown(self.heartbeat)}"
        )


def boot_id() -> str:
    """Return what changes with every boot of this host; ``-`` where the system does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "-"


def last_holder(root: Path) -> Holder | None:
    """Return who holds the workspace, or last held it; None: nobody ever did.

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


def pack_holder(me: Holder) -> bytes:
    """Return the file: always as many bytes, so that it may be written over the one before."""
    value = {**header("maestro-conductor"), **attrs.asdict(me)}
    for name in ("trouble", "paused"):
        if value[name] is not None:
            value[name] = value[name][:_LONGEST]
    room = _SIZE - len(seal(_pack, {**value, "padding": b""}))
    # What 256 bytes and more say of their length takes a byte more.
    return seal(_pack, {**value, "padding": bytes(max(0, room - 1))})


def _pack(value: object) -> bytes:
    packed: bytes = msgpack.packb(value, unicode_errors="surrogateescape")
    return packed


def _shown(time_ms: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(time_ms / 1000))
