"""Puts the fake commands into a folder, to be the first on the PATH."""

from __future__ import annotations

import sys
from pathlib import Path

#: Command → the module that has a function for it.
COMMANDS = {"bsub": "lsf", "bjobs": "lsf", "bkill": "lsf", "flux": "flux"}
_TEXT = """\
#!{python} -IS
import sys

sys.path.insert(0, {folder!r})
from {module} import {command}

sys.exit({command}(sys.argv[1:]))
"""


def install(folder: Path) -> None:
    """Write the commands; they run with this Python, without its site packages."""
    folder.mkdir(parents=True, exist_ok=True)
    for command, module in COMMANDS.items():
        path = folder / command
        here = str(Path(__file__).resolve().parent)
        path.write_text(
            _TEXT.format(python=sys.executable, folder=here, module=module, command=command)
        )
        path.chmod(0o755)
