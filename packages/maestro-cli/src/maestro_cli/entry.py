"""Where the ``maestro`` command begins: what needs no parser is answered before one is imported."""

from __future__ import annotations

import os
import sys

from maestro_cli.__about__ import __version__

__all__ = ["main"]


def main() -> int:
    """Runs the command of this process; gives its exit code."""
    if sys.argv[1:] in (["--version"], ["-v"]) and sys.stdout is not None:
        try:
            # Past Python's buffer, in which it would stay where nobody takes it.
            os.write(sys.stdout.fileno(), f"maestro {__version__}\n".encode())
        except OSError:
            pass  # tried again below, where every such failure is met in one way
        else:
            return 0
    try:
        from maestro_cli import app
    except KeyboardInterrupt:
        return 130  # as `maestro_cli.errors.EXIT_INTERRUPTED`, which is not imported yet

    return app.main()
