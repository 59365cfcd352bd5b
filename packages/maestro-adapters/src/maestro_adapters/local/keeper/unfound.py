"""Tells a script that its interpreter did not find, as its folder was moved meanwhile. Works on the disk.

Between the start of an interpreter and the moment in which it opens its script lies a millisecond. A
folder that is moved in it makes the interpreter fail, and nothing of the script has run.
"""

from __future__ import annotations

import os

from maestro_adapters.local.keeper.files import Quiet

__all__ = ["files_of_unfound"]

#: s in which an interpreter has surely opened its script.
_SOON = 5.0
#: Of what an interpreter says, this much is read.
_MOST_SAID = 4096


def files_of_unfound(
    script: bytes, attempt_file: int, logs: list[bytes], seconds: float
) -> list[bytes]:
    """Return the files of an attempt that failed since its script was moved away before it was opened.

    That is so where the script is not where it was, but its attempt file is somewhere, and all that was
    said is one thing about the script's path, soon after its start.

    Args:
        script: its path, as its interpreter was given it.
        attempt_file: its attempt file, open.
        logs: paths of standard output and standard error, before anything was moved.
        seconds: that the interpreter ran.

    Returns:
        Its logs and its attempt file, where they are now; empty: it ran, or there is no telling.
    """
    if seconds > _SOON or os.path.lexists(script):
        return []
    with Quiet():  # no /proc, or they are gone
        there = os.readlink(b"/proc/self/fd/%d" % attempt_file)  # noqa: PTH115 (see process.py)
        folder = os.path.dirname(there)  # noqa: PTH120
        out, err = (os.path.join(folder, os.path.basename(log)) for log in logs)  # noqa: PTH118, PTH119
        if os.stat(out).st_size or not os.path.samestat(os.stat(there), os.fstat(attempt_file)):  # noqa: PTH116
            return []
        with open(err, "rb") as file:  # noqa: PTH123
            said = file.read(_MOST_SAID + 1)
        if script in said and len(said) <= _MOST_SAID:
            return [out, err, there]
    return []
