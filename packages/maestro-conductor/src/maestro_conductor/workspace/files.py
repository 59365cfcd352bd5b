"""Small rules for files: paths of a workspace, headers, replacing."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from maestro_conductor.__about__ import __version__
from maestro_conductor.errors import FormatError, WorkspaceError
from maestro_conductor.workspace.regular_files import open_regular

__all__ = [
    "CLAIMED",
    "CONDUCTOR",
    "GRAPH",
    "JOURNAL",
    "LOCK",
    "NO_ROOM",
    "OWN_MODE",
    "REQUESTS",
    "RUN",
    "VERSION",
    "WRITER",
    "check_header",
    "check_log_path",
    "ensure_seen",
    "header",
    "overwrite_file",
    "replace_file",
]

GRAPH = ".maestro/graph.msgpack"
RUN = ".maestro/run.msgpack"
JOURNAL = ".maestro/journal.msgpack"
LOCK = ".maestro/lock"
CONDUCTOR = ".maestro/conductor.msgpack"
REQUESTS = ".maestro/requests"
CLAIMED = ".maestro/claimed"

#: Trouble with a write that only room helps: on the disk, in a quota, or (`ulimit -f`) in the file.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

#: Of a file in ``.maestro/``, less the umask. Who may come that far, the folder's mode decides.
OWN_MODE = 0o644

#: Version of the workspace format that is written here.
VERSION = (1, 1)
WRITER = f"maestro-conductor {__version__}"


def header(format_name: str, requires: Collection[str] = ()) -> dict[str, Any]:
    """The first fields of a file of ours."""
    return {
        "format": format_name,
        "version": list(VERSION),
        "requires": sorted(requires),
        "writer": WRITER,
    }


def check_header(
    value: object, format_name: str, path: str, features: Collection[str] = ()
) -> Mapping[str, Any]:
    """Refuse what this version cannot read; newer minor versions are fine.

    Args:
        value: what stands at the beginning of the file.
        format_name: what ought to stand in ``format``.
        path: for messages.
        features: names in ``requires`` that the reader knows.

    Raises:
        FormatError: it is something else; the text says what.
    """
    name = format_name.removeprefix("maestro-")
    if not isinstance(value, dict) or value.get("format") != format_name:
        raise FormatError(f"{path} is not a {name} file of a maestro workspace")
    version = value.get("version")
    if not isinstance(version, list) or not version or version[0] != VERSION[0]:
        shown = ".".join(map(str, version)) if isinstance(version, list) else version
        raise FormatError(
            f"{path} has format version {shown}, this maestro-conductor {__version__} "
            f"reads version {VERSION[0]}: use the version that wrote it ({value.get('writer')})"
        )
    requires = value.get("requires") or ()
    if not isinstance(requires, list | tuple):
        raise FormatError(f"{path} is damaged: `requires` is {requires!r}")
    unknown = [feature for feature in requires if feature not in features]
    if unknown:
        raise FormatError(
            f"{path} needs `{'`, `'.join(map(str, unknown))}`, "
            f"this maestro-conductor {__version__} does not know it: upgrade it"
        )
    return value


def ensure_seen(path: Path) -> None:
    """See a file that another host may have made a moment ago; make it, empty, where there is none.

    A host may believe for a while that a name is absent, whoever has made it since: on NFS for up
    to `acdirmax` seconds (nfs(5)). Only to open it so that it may be made asks the file server.

    Raises:
        OSError: it can neither be opened nor made.
    """
    os.close(open_regular(path, os.O_RDONLY | os.O_CREAT, OWN_MODE))


def check_log_path(path: Path) -> None:
    """Refuse a log file that nothing could ever be written to. A full disk is waited for.

    Raises:
        WorkspaceError: the text says why.
    """
    if path.is_dir():
        why = "it is a folder"
    elif path.exists():
        why = "" if os.access(path, os.W_OK) else "you may not write to it"
    elif not path.parent.is_dir():
        why = f"there is no folder {path.parent}"
    else:
        why = "" if os.access(path.parent, os.W_OK | os.X_OK) else "you may not write to its folder"
    if why:
        raise WorkspaceError(f"{path} cannot be the log: {why}. Name another file with -l")


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
