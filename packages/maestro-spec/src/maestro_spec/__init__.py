"""Read, check and normalise maestro study files.

::

    study = maestro_spec.load(Path("study.yaml"))
    for problem in maestro_spec.check(study):
        print(problem)
    maestro_spec.write_spec(study, Path("spec.msgpack"))

Each name is imported when it is first asked for, so that `import maestro_spec` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from maestro_spec.__about__ import __version__

if TYPE_CHECKING:
    from maestro_spec import reporting as formats
    from maestro_spec.diagnostics.problems import Place, Problem, has_errors
    from maestro_spec.errors import OverrideInvalid, SpecError, StudyInvalid, StudyUnreadable
    from maestro_spec.lint.run import check
    from maestro_spec.loading import load
    from maestro_spec.model.study import Study
    from maestro_spec.overrides import override
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
    "formats",
    "has_errors",
    "load",
    "override",
    "spec_document",
    "write_spec",
]

_MODULES = {
    "OverrideInvalid": "errors",
    "Place": "diagnostics.problems",
    "Problem": "diagnostics.problems",
    "SpecError": "errors",
    "Study": "model.study",
    "StudyInvalid": "errors",
    "StudyUnreadable": "errors",
    "check": "lint.run",
    "has_errors": "diagnostics.problems",
    "load": "loading",
    "override": "overrides",
    "spec_document": "spec_file",
    "write_spec": "spec_file",
}


def __getattr__(name: str) -> object:
    if name == "formats":
        return import_module("maestro_spec.reporting")
    if name not in _MODULES:
        raise AttributeError(f"module 'maestro_spec' has no attribute {name!r}")
    value = getattr(import_module(f"maestro_spec.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
