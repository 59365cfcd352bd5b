"""Print to the standard streams, whatever has become of them: closed, full, or without a reader."""

from __future__ import annotations

import os
import sys
from typing import TextIO


def prepare_streams() -> None:
    """Make the standard streams accept any text, whatever their encoding; replace closed ones."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by whoever started us (`>&-`)
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 - lives as long as we
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def is_terminal(stream: TextIO) -> bool:
    """Return whether a person is at the other end of the stream."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def say(text: str = "") -> None:
    """Print a line to stdout; a reader that has gone does not stop the command."""
    try:
        sys.stdout.write(text + "\n")
    except BrokenPipeError:
        discard_stdout()


def warn(text: str) -> None:
    """Print a line to stderr, after what stdout still holds, or could not take."""
    lost_output()
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def flush() -> None:
    """Flush stdout; a reader that has gone does not matter."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        discard_stdout()


def lost_output() -> str | None:
    """Flush stdout, and discard what it does not take.

    Returns:
        Why it was discarded; None: nothing was, or nobody was reading.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        discard_stdout()
        return None if isinstance(error, BrokenPipeError) else error.strerror
    return None


def discard_stdout() -> None:
    """Send stdout to the null device from here on, so that Python's own last flush succeeds, too.

    See https://docs.python.org/3/library/signal.html#note-on-sigpipe.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
