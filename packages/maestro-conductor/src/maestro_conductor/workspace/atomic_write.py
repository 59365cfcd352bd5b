"""Replace a file whole, or write over it in place where there is no room for a second one."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from maestro_conductor.workspace.regular_files import open_regular

__all__ = ["NO_ROOM", "OWN_MODE", "ensure_seen", "overwrite_file", "replace_file"]

#: Trouble with a write that only room helps: on the disk, in a quota, or (`ulimit -f`) in the file.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

#: Of a file in ``.maestro/``, less the umask. Who may come that far, the folder's mode decides.
OWN_MODE = 0o644


def ensure_seen(path: Path) -> None:
    """See a file that another host may have made a moment ago; make it, empty, where there is none.

    A host may believe for a while that a name is absent, whoever has made it since: on NFS for up
    to `acdirmax` seconds (nfs(5)). Only to open it so that it may be made asks the file server.

    Raises:
        OSError: it can neither be opened nor made.
    """
    os.close(open_regular(path, os.O_RDONLY | os.O_CREAT, OWN_MODE))


def replace_file(path: Path, content: bytes, *, mode: int = 0o666, sync: bool = True) -> None:
    """Write a file whole: readers see the old one or the new one.

    Args:
        path: where it goes.
        content: all of it.
        mode: permissions, less the umask.
        sync: flush it to disk before it takes the place of the old one.

    Raises:
        OSError: it could not be written; the old one stands as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if sync:
                os.fsync(descriptor)
        temporary.rename(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def overwrite_file(path: Path, content: bytes) -> None:
    """Write over a file of the same length: that needs no room on the disk, unlike `replace_file`.

    Who reads it meanwhile may see some of both.

    Raises:
        OSError: it could not be written, or has another length.
    """
    descriptor = open_regular(path, os.O_WRONLY | os.O_NOFOLLOW)
    try:
        if os.fstat(descriptor).st_size != len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.write(descriptor, content)
    finally:
        os.close(descriptor)
