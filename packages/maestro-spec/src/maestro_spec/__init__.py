"""Reads, checks and normalises maestro study files.

::

    study = maestro_spec.load(Path("study.yaml"))
    for problem in maestro_spec.check(study):
        print(problem)
    maestro_spec.write_spec(study, Path("spec.msgpack"))
"""

from maestro_spec.__about__ import __version__
from maestro_spec.checking import check
from maestro_spec.errors import OverrideInvalid, SpecError, StudyInvalid, StudyUnreadable
from maestro_spec.loading import load
from maestro_spec.model import Study
from maestro_spec.overrides import override
from maestro_spec.problems import Place, Problem, has_errors
from maestro_spec.spec_file import spec_document, write_spec

__all__ = [
    "OverrideInvalid",
    "Place",
    "Problem",
    "SpecError",
    "Study",
    "StudyInvalid",
    "StudyUnreadable",
    "__version__",
    "check",
    "has_errors",
    "load",
    "override",
    "spec_document",
    "write_spec",
]
