"""``--csv``: the columns of ``status.csv``, with the study's folder in front."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from maestro_cli.views.rows import COLUMNS


def text(study: str, rows: Sequence[Sequence[str]], *, head: bool) -> str:
    """Gives the lines of one study.

    Args:
        study: Its folder.
        rows: As :func:`maestro_cli.views.rows.rows` gives them.
        head: Begin with the names of the columns.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if head:
        writer.writerow(("Study", *COLUMNS))
    writer.writerows((study, *row) for row in rows)
    return out.getvalue()
