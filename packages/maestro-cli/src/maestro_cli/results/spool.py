"""Keep rows in a temporary file until all columns are known."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from types import TracebackType

import msgpack

from maestro_cli.results.values import Cell

__all__ = ["Spool"]


class Spool:
    """Rows of cells, of which 100 000 take no room in memory.

    Attributes:
        count: How many there are.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="maestro-results-")  # noqa: SIM115 - closed on exit
        self._pack = msgpack.Packer(autoreset=True, unicode_errors="surrogatepass").pack
        self.count = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, cells: Sequence[Cell]) -> None:
        """Add a row; what it lacks at its end is empty."""
        self._file.write(self._pack(cells))
        self.count += 1

    def rows(self, width: int) -> Iterator[list[Cell]]:
        """Yield all rows.

        Args:
            width: Their number of cells.
        """
        self._file.seek(0)
        unpacker = msgpack.Unpacker(
            self._file, unicode_errors="surrogatepass", max_buffer_size=1 << 30
        )
        for row in unpacker:
            row.extend([None] * (width - len(row)))
            yield row
