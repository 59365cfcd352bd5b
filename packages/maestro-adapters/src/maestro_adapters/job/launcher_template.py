"""Fills in a study's own launcher, ``mpirun -n {procs}``: see "The launcher" on the workspace format page."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["from_template"]

#: A placeholder of a template; `${procs}` is a variable of the shell and stays.
_FIELD = re.compile(r"(?<!\$)\{(nodes|procs|cores_per_task|gpus)\}")


def from_template(template: str, values: Mapping[str, int | None]) -> str:
    """Make a launcher from a template such as ``mpirun -n {procs}``.

    Args:
        template: ``{nodes}``, ``{procs}``, ``{cores_per_task}`` and ``{gpus}`` are replaced; any
            other brace is the shell's.
        values: by these names; None counts as 1, for gpus as 0.
    """

    def value(found: re.Match[str]) -> str:
        number = values.get(found[1])
        if number is None:
            number = 0 if found[1] == "gpus" else 1
        return str(number)

    return _FIELD.sub(value, template)
