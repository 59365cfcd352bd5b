"""Write a file that a user asked for with ``-o``: whole, or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

__all__ = ["write_output"]


def write_output(file: str, text: str) -> None:
    """Replace a file by a text, so that whoever reads it meanwhile has the old one or the new one.

    What is no plain file (``/dev/stdout``, a pipe) is written to as it is.

    Raises:
        OSError: It cannot be written; what stood there is as it was.
    """
    data = text.encode("utf-8", "backslashreplace")
    path = Path(file)
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    # A link is followed: its target is what is replaced.
    target = path.resolve()
    aside = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.tmp")
    try:
        with aside.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(target)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        raise OSError(error.errno, error.strerror, file) from error
