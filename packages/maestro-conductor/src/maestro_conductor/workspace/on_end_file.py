"""Read and take away ``.maestro/on-end.json``: what is called at the study's end; write it, for whoever asks."""

from __future__ import annotations

import json
import os
from pathlib import Path

from maestro_conductor.errors import FormatError
from maestro_conductor.workspace.atomic_write import replace_file
from maestro_conductor.workspace.headers import check_header
from maestro_conductor.workspace.paths import ON_END
from maestro_conductor.workspace.regular_files import open_regular

__all__ = ["MOST", "take_on_end", "write_on_end"]

#: Bytes that a command may have.
MOST = 32 * 1024
#: The file may have more: JSON writes some bytes as six.
_FILE = 8 * MOST


def write_on_end(root: Path, command: str) -> None:
    """Have a command called at the end of a study, in place of the one before; an empty one: none.

    Raises:
        OSError: it cannot be written.
    """
    path = root / ON_END
    if not command:
        path.unlink(missing_ok=True)
        return
    record = {"format": "maestro-on-end", "version": [1, 1], "command": command}
    replace_file(path, json.dumps(record).encode("ascii"), mode=0o600)


def take_on_end(root: Path) -> str | None:
    """Return the command that is to be called, and take it away: nobody else calls it then.

    Returns:
        The command; None: there is none.

    Raises:
        OSError: it cannot be read or taken away, or somebody else put it there.
        FormatError: it is damaged.
    """
    path = root / ON_END
    try:
        descriptor = open_regular(path)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if os.fstat(descriptor).st_uid != os.geteuid():
            raise PermissionError(1, "it belongs to another user, and is not obeyed", str(path))
        content = file.read(_FILE + 1)
    try:
        record = check_header(json.loads(content), "maestro-on-end", str(path))
        command = record["command"]
    except (ValueError, KeyError) as error:
        raise FormatError(f"{path} is damaged") from error
    if not isinstance(command, str) or not command or "\0" in command or len(content) > _FILE:
        raise FormatError(f"{path} has no command")
    path.unlink()
    return command
