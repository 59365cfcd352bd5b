"""Write the columns of ``status.csv``, with the study's folder in front: ``--csv``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from maestro_cli.ui.console import is_terminal
from maestro_cli.ui.sanitize import clean
from maestro_cli.views.rows import COLUMNS
from maestro_conductor.observers.status_csv import quoted


def text(study: str, rows: Sequence[Sequence[str]], *, head: bool) -> str:
    """Return the lines of one study: as they are, or made harmless for a terminal.

    Args:
        study: Its folder.
        rows: As :func:`maestro_cli.views.rows.rows` returns them.
        head: Begin with the names of the columns.
    """
    lines: list[Sequence[str]] = [("Study", *COLUMNS)] if head else []
    lines += [(study, *row) for row in rows]
    if is_terminal(sys.stdout):
        lines = [[clean(text) for text in line] for line in lines]
    return "".join(",".join(map(quoted, line)) + "\n" for line in lines)
