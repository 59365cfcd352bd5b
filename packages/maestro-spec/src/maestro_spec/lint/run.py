"""Run all rules over a study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from maestro_spec.diagnostics.problems import Problem, in_order
from maestro_spec.lint.analysis import analyse
from maestro_spec.lint.rules import RULES
from maestro_spec.model.study import Study

#: nobody reads more problems of one code than this
MOST_OF_ONE_CODE = 1000


def check(study: Study, *, parameters: Collection[str] | None = None) -> list[Problem]:
    """Check a study: find all that is wrong, suspicious, or could be better.

    Of the study itself nothing is changed; CSV files of parameters are read.

    Args:
        study: what `load` gave.
        parameters: names of the parameters, where a pgen file gives them in place of
            `global.parameters`.

    Returns:
        All problems in the order of the file, those that `load` noted among them; of one code no
        more than a thousand.
    """
    analysis = analyse(study, parameters)
    found = list(study.notes)
    counts = Counter(p.code for p in found)
    for rule in RULES:
        for each in rule(analysis):
            counts[each.code] += 1
            if counts[each.code] <= MOST_OF_ONE_CODE:
                found.append(each)
    return in_order(found)
