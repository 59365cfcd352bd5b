"""Where the ``maestro`` command begins: what needs no parser is answered before one is imported."""

from __future__ import annotations

import sys

from maestro_cli.__about__ import __version__

__all__ = ["main"]


def main() -> int:
    """Runs the command of this process; gives its exit code."""
    if sys.argv[1:] in (["--version"], ["-v"]) and sys.stdout is not None:
        try:
            sys.stdout.write(f"maestro {__version__}\n")
            sys.stdout.flush()
        except OSError:
            pass  # said again below, where every such failure is met in one way
        else:
            return 0
    from maestro_cli import app

    return app.main()
