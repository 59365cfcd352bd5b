"""Write a tar stream that any tar reads: holes stay holes, links stay in the study. Reads the files."""

from __future__ import annotations

import errno
import io
import os
import stat
import tarfile
from pathlib import Path
from typing import BinaryIO, cast

from maestro_cli.upkeep.tree import Found
from maestro_conductor.workspace.regular_files import open_regular

__all__ = ["TarStream"]

_BLOCK = 512


class TarStream:
    """Packs what a walk finds.

    Owners are left out: whoever unpacks it owns it.

    Args:
        stream: takes the bytes.
        root: the folder that is packed.
        name: what it is called in the archive.

    Attributes:
        shrunk: files that became shorter while they were read; zeros stand for what is missing.
        outside: links whose targets are not in the folder.
    """

    def __init__(self, stream: BinaryIO, root: Path, name: str) -> None:
        output = cast("BinaryIO", _Counted(stream))
        self._tar = tarfile.TarFile(fileobj=output, mode="w", format=tarfile.PAX_FORMAT)
        self._root = root
        self._name = name
        self._twins: dict[tuple[int, int], str] = {}
        self.shrunk: list[str] = []
        self.outside: list[str] = []
        self._add_folder("", root.stat())

    def close(self) -> None:
        """Write the end."""
        self._tar.close()

    def add(self, found: Found) -> None:
        """Pack a file, a folder or a link.

        Raises:
            OSError: it cannot be read, or the stream takes nothing more.
        """
        if found.is_folder:
            self._add_folder(found.path, found.status)
        elif stat.S_ISLNK(found.status.st_mode):
            self._add_link(found)
        else:
            self._add_file(found)

    def _info(self, path: str, status: os.stat_result) -> tarfile.TarInfo:
        info = tarfile.TarInfo(f"{self._name}/{path}" if path else self._name)
        info.mode = stat.S_IMODE(status.st_mode)
        info.mtime = status.st_mtime
        return info

    def _add_folder(self, path: str, status: os.stat_result) -> None:
        info = self._info(path, status)
        info.type = tarfile.DIRTYPE
        self._tar.addfile(info)

    def _add_link(self, found: Found) -> None:
        info = self._info(found.path, found.status)
        info.type = tarfile.SYMTYPE
        target = os.readlink(self._root / found.path)  # noqa: PTH115 - as it is written
        place = self._root / Path(found.path).parent
        absolute = os.path.normpath(place / target)
        inside = absolute == str(self._root) or absolute.startswith(f"{self._root}/")
        if not inside:
            self.outside.append(found.path)
        elif target.startswith("/"):
            target = os.path.relpath(absolute, place)  # it would name the study that was packed
        info.linkname = target
        self._tar.addfile(info)

    def _add_file(self, found: Found) -> None:
        try:
            descriptor = open_regular(self._root / found.path)
        except FileNotFoundError:
            return  # gone meanwhile
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            info = self._info(found.path, status)
            key = (status.st_dev, status.st_ino)
            if status.st_nlink > 1 and key in self._twins:
                info.type, info.linkname = tarfile.LNKTYPE, self._twins[key]
                self._tar.addfile(info)
                return
            if status.st_nlink > 1:
                self._twins[key] = info.name
            if status.st_blocks * _BLOCK < status.st_size:
                pieces = _pieces(descriptor, status.st_size)
                if pieces != [(0, status.st_size)]:
                    self._add_sparse(info, file, pieces, status.st_size)
                    return
            info.size = status.st_size
            self._write(info, _Sized(file, [(0, status.st_size)]), found.path)

    def _add_sparse(
        self, info: tarfile.TarInfo, file: BinaryIO, pieces: list[tuple[int, int]], size: int
    ) -> None:
        """Pack a file with holes, as GNU tar's format 1.0 for PAX archives.

        See https://www.gnu.org/software/tar/manual/html_node/PAX-1.html.
        """
        path = info.name.partition("/")[2]
        # What ends in a hole has an empty piece at its end.
        listed = pieces if pieces and sum(pieces[-1]) == size else [*pieces, (size, 0)]
        text = "".join(f"{number}\n" for number in (len(listed), *sum(listed, ())))
        head = text.encode("ascii")
        head += bytes(-len(head) % _BLOCK)
        folder, _, name = info.name.rpartition("/")
        info.pax_headers = {
            "GNU.sparse.major": "1",
            "GNU.sparse.minor": "0",
            "GNU.sparse.name": info.name,
            "GNU.sparse.realsize": str(size),
        }
        info.name = f"{folder}/GNUSparseFile.0/{name}"
        info.size = len(head) + sum(length for _, length in pieces)
        self._write(info, _Sized(file, pieces, head), path)

    def _write(self, info: tarfile.TarInfo, content: _Sized, path: str) -> None:
        self._tar.addfile(info, content)  # type: ignore[arg-type]  # it only reads
        if content.short:
            self.shrunk.append(path)


class _Counted:
    """Knows how much was written to a stream that does not."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._written = 0

    def write(self, content: bytes) -> int:
        """Write on."""
        self._stream.write(content)
        self._written += len(content)
        return len(content)

    def tell(self) -> int:
        """Return how much was written."""
        return self._written


class _Sized:
    """Reads pieces of a file, and zeros where it has become shorter meanwhile."""

    def __init__(self, file: BinaryIO, pieces: list[tuple[int, int]], head: bytes = b"") -> None:
        self._file = file
        self._head = io.BytesIO(head)
        self._pieces = [piece for piece in pieces if piece[1]]
        self.short = False

    def read(self, size: int) -> bytes:
        """Return as many bytes as are asked for; fewer only at the end of all pieces."""
        content = self._head.read(size)
        while len(content) < size and self._pieces:
            start, length = self._pieces[0]
            take = min(length, size - len(content))
            self._file.seek(start)
            got = self._file.read(take)
            if len(got) < take:
                self.short = True
                got += bytes(take - len(got))
            self._pieces[0] = (start + take, length - take)
            if length == take:
                self._pieces.pop(0)
            content += got
        return content


def _pieces(descriptor: int, size: int) -> list[tuple[int, int]]:
    """Return where a file has data: (start, length) of each piece."""
    found: list[tuple[int, int]] = []
    place = 0
    try:
        while place < size:
            start = os.lseek(descriptor, place, os.SEEK_DATA)
            end = os.lseek(descriptor, start, os.SEEK_HOLE)
            found.append((start, min(end, size) - start))
            place = end
    except OSError as error:
        if error.errno == errno.ENXIO:  # no data behind this place
            return [piece for piece in found if piece[1] > 0]
        return [(0, size)]  # a file system that does not tell
    return [piece for piece in found if piece[1] > 0]
