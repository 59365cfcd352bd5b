"""Read a file of environment variables: ``--env-file``."""

from __future__ import annotations

from pathlib import Path

from maestro_cli.errors import StudyError

__all__ = ["read_env_file"]

#: Bytes of a file of environment variables.
_LARGEST = 1 << 24


def read_env_file(path: str) -> dict[str, str]:
    """Read lines ``NAME=VALUE``; ``#`` begins a comment line, ``export`` and quotes are allowed.

    Raises:
        StudyError: A line is something else.
    """
    values = {}
    # It may be a pipe, as of `<(…)`.
    with Path(path).open("rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise StudyError(f"{path} is larger than {_LARGEST >> 20} MiB")
    text = content.decode("utf-8", "surrogateescape")
    for number, line in enumerate(text.splitlines(), 1):
        entry = line.strip().removeprefix("export ").strip()
        if not entry or entry.startswith("#"):
            continue
        name, separator, value = entry.partition("=")
        if not separator or not name.strip():
            raise StudyError(f"{path}:{number}: {entry!r} is not NAME=VALUE")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        values[name.strip()] = value
    return values
