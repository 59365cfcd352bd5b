"""All rules over a study."""

from __future__ import annotations

from collections.abc import Collection

from maestro_spec.model import Study
from maestro_spec.problems import Problem, in_order


def check(study: Study, *, parameters: Collection[str] | None = None) -> list[Problem]:
    """Everything that is wrong with a study, suspicious, or could be better.

    Args:
        study: what `load` gave.
        parameters: names of the parameters, where a pgen file gives them in place of
            `global.parameters`.

    Returns:
        All problems in the order of the file, those that `load` noted among them.
    """
    found = list(study.notes)
    return in_order(found)
