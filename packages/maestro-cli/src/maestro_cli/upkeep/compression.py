"""Compress a stream: gzip, and zstd by the standard library, by a package, or by the program.

Writes to an open file.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import BinaryIO, cast

from maestro_cli.errors import StudyError, UsageError

__all__ = ["ENDINGS", "MODULES", "compressed", "ending_of", "has_zstd"]

#: Endings of archives → how they are compressed.
ENDINGS = {".tar.zst": "zstd", ".tar.gz": "gzip", ".tgz": "gzip"}
#: Modules with the interface of Python 3.14's; the first one that there is is taken.
MODULES = ("compression.zstd", "backports.zstd")
#: One that compresses as fast as disks are.
_GZIP_LEVEL = 6


def ending_of(name: str) -> str:
    """Return the ending that says how an archive is compressed.

    Raises:
        UsageError: There is none.
    """
    for ending in ENDINGS:
        if name.endswith(ending):
            return ending
    raise UsageError(
        f"{name}: what kind of archive is that?", hint="let its name end in .tar.zst or .tar.gz"
    )


def has_zstd(modules: Sequence[str] = MODULES) -> bool:
    """Tell whether anything here can write zstd: a module, or the program."""
    return _module(modules) is not None or shutil.which("zstd") is not None


def _module(modules: Sequence[str]) -> str | None:
    from importlib.util import find_spec

    for name in modules:
        with suppress(ModuleNotFoundError):  # not even the package above it
            if find_spec(name) is not None:
                return name
    return None


@contextmanager
def compressed(file: BinaryIO, ending: str, modules: Sequence[str] = MODULES) -> Iterator[BinaryIO]:
    """Open a stream whose bytes go into a file, compressed.

    Args:
        file: Takes them; it stays open.
        ending: A key of `ENDINGS`.
        modules: That may write zstd; where there is none of them, the program does.

    Raises:
        StudyError: Nothing here can write it.
        OSError: The file cannot be written.
    """
    if ENDINGS[ending] == "gzip":
        gzip = _Gzip(file)
        yield cast("BinaryIO", gzip)
        gzip.finish()
        return
    module = _module(modules)
    if module is not None:
        with importlib.import_module(module).open(file, "wb") as stream:
            yield stream
        return
    program = shutil.which("zstd")
    if program is None:
        raise StudyError(
            f"nothing here can write {ending}: Python {sys.version_info[0]}.{sys.version_info[1]}"
            " has no zstd, and there is no program of that name",
            hint="give another name, -o FILE.tar.gz, or install the program zstd, or"
            " pip install 'maestro-cli[zstd]'",
        )
    with _by_program(program, file) as stream:
        yield stream


class _Gzip:
    """Compresses what it is given. `gzip.GzipFile` tries once more what a full disk has refused, when it is deleted."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)

    def write(self, data: bytes) -> int:
        self._file.write(self._packer.compress(data))
        return len(data)

    def finish(self) -> None:
        self._file.write(self._packer.flush())


@contextmanager
def _by_program(program: str, file: BinaryIO) -> Iterator[BinaryIO]:
    process = subprocess.Popen(
        [program, "-q", "-c", "-T0", "-"],
        stdin=subprocess.PIPE,
        stdout=file,
        stderr=subprocess.PIPE,
    )
    if process.stdin is None or process.stderr is None:  # never: they are pipes
        raise StudyError(f"{program} cannot be started")
    stream = cast("BinaryIO", process.stdin)
    gone = False
    try:
        yield stream
        stream.close()
    except BrokenPipeError:
        gone = True  # it has ended, and says why
    except BaseException:
        process.kill()
        raise
    finally:
        with suppress(OSError):
            stream.close()
        said = process.stderr.read().decode(errors="replace").strip()
        process.stderr.close()
        code = process.wait()
    if code or gone:
        raise StudyError(f"zstd ended with exit code {code}: {said or 'it said nothing'}")
