"""Print a long text, through the user's pager where it does not fit the screen."""

from __future__ import annotations

import os
import sys

from maestro_cli.ui.console import is_terminal
from maestro_cli.ui.style import height


def page(text: str, *, pager: bool = True) -> None:
    """Print a text, through the pager where it does not fit the screen.

    Args:
        text: Lines, the last with its line end.
        pager: False: print it, however long.
    """
    lines = height()
    if not pager or lines is None or text.count("\n") < lines or not is_terminal(sys.stdin):
        _print(text)
        return
    import shlex
    import shutil

    # As pydoc, and so maestrowf, chooses.
    command = shlex.split(os.environ.get("MANPAGER") or os.environ.get("PAGER") or "less")
    if not command or shutil.which(command[0]) is None:
        _print(text)
        return
    if command[0].endswith("less"):
        command.append("-R")  # also where LESS says nothing of colours
    _pipe(text, command)


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _pipe(text: str, command: list[str]) -> None:
    import subprocess

    # As git does: keep colours and the screen's contents.
    environment = {"LESS": "FRX", "LV": "-c", **os.environ}
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        env=environment,
        encoding=sys.stdout.encoding or "utf-8",
        errors="backslashreplace",
    )
    try:
        process.communicate(text)
    except BrokenPipeError:  # the reader left early
        pass
    finally:
        while True:
            try:
                process.wait()
                break
            except KeyboardInterrupt:  # belongs to the pager, as `less` treats it
                continue
