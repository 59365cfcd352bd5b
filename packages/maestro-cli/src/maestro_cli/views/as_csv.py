"""``--csv``: the columns of ``status.csv``, with the study's folder in front."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Sequence

from maestro_cli.ui.console import is_terminal
from maestro_cli.ui.sanitize import clean
from maestro_cli.views.rows import COLUMNS


def text(study: str, rows: Sequence[Sequence[str]], *, head: bool) -> str:
    """Gives the lines of one study; as they are, but on a terminal made harmless.

    Args:
        study: Its folder.
        rows: As :func:`maestro_cli.views.rows.rows` gives them.
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
