"""Write the columns of ``status.csv``, with the study's folder in front: ``--csv``."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Sequence

from maestro_cli.ui.console import is_terminal
from maestro_cli.ui.sanitize import clean
from maestro_cli.views.rows import COLUMNS


def text(study: str, rows: Sequence[Sequence[str]], *, head: bool) -> str:
    """Return the lines of one study: as they are, or made harmless for a terminal.

    Args:
        study: Its folder.
        rows: As :func:`maestro_cli.views.rows.rows` returns them.
        head: Begin with the names of the columns.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if head:
        writer.writerow(("Study", *COLUMNS))
    lines: Iterable[Sequence[str]] = ((study, *row) for row in rows)
    if is_terminal(sys.stdout):
        lines = ([clean(text) for text in line] for line in lines)
    writer.writerows(lines)
    return out.getvalue()
