"""Read the result files of an instance. Anything may be in their place. Reads the workspace."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from maestro_cli.results.declared import Declared
from maestro_cli.results.formats import MOST_BYTES, NoResultError, Row, read_rows
from maestro_conductor.workspace.result_files import open_result

__all__ = ["Trouble", "rows_of"]

#: Takes the file and why nothing could be read of it.
Trouble = Callable[[str, str], None]
#: Formats of which the end of a longer file is enough.
_OF_THE_END = ("keys", "pattern")


def rows_of(
    root: Path,
    workspace: str,
    declared: Sequence[Declared],
    *,
    all_rows: bool,
    trouble: Trouble,
) -> Iterator[Row]:
    """Yield the rows of an instance, at least one, which may be empty.

    Args:
        root: The study.
        workspace: The folder of the instance, relative to it.
        declared: The files of the instance.
        all_rows: Where a file gives several rows, all of them; else the last.
        trouble: Told of what could not be read.
    """
    shared: Row = {}
    several: Iterable[Row] = ()
    for each in declared:
        try:
            rows = read_rows(each, _content(root, workspace, each), all_rows=all_rows)
        except FileNotFoundError:
            trouble(each.file, "it is not there")
            continue
        except OSError as error:
            trouble(each.file, error.strerror or str(error))
            continue
        except NoResultError as error:
            trouble(each.file, str(error))
            continue
        if each.all_rows and all_rows:
            several = rows
        else:
            for row in rows:  # the last one, if there is any
                shared |= row
    any_row = False
    for row in several:
        any_row = True
        yield {**shared, **row}
    if not any_row:
        yield shared


def _content(root: Path, workspace: str, declared: Declared) -> bytes:
    """Return what counts of a file.

    Raises:
        OSError: It cannot be read.
        NoResultError: It is too large.
    """
    most = MOST_BYTES[declared.format]
    descriptor = open_result(root, workspace, declared.file)
    try:
        size = os.fstat(descriptor).st_size
        if size > most:
            if declared.format not in _OF_THE_END:
                raise NoResultError(f"it has more than {most >> 20} MiB")
            os.lseek(descriptor, size - most, os.SEEK_SET)
        # In one call, mostly: 100 000 small files are read.
        content = os.read(descriptor, min(size, most) + 1)
        while 0 < len(content) <= most:
            more = os.read(descriptor, most + 1 - len(content))
            if not more:
                break
            content += more
        return content[:most]
    finally:
        os.close(descriptor)
