"""Reads, checks and normalises maestro study files.

::

    study = maestro_spec.load(Path("study.yaml"))
    for problem in maestro_spec.check(study):
        print(problem)
    maestro_spec.write_spec(study, Path("spec.msgpack"))

Each name is imported when it is first asked for, so that `import maestro_spec` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from maestro_spec.__about__ import __version__

if TYPE_CHECKING:
    from maestro_spec import formats
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
    "formats",
    "has_errors",
    "load",
    "override",
    "spec_document",
    "write_spec",
]

_MODULES = {
    "OverrideInvalid": "errors",
    "Place": "problems",
    "Problem": "problems",
    "SpecError": "errors",
    "Study": "model",
    "StudyInvalid": "errors",
    "StudyUnreadable": "errors",
    "check": "checking",
    "has_errors": "problems",
    "load": "loading",
    "override": "overrides",
    "spec_document": "spec_file",
    "write_spec": "spec_file",
}


def __getattr__(name: str) -> Any:
    if name == "formats":
        return import_module("maestro_spec.formats")
    if name not in _MODULES:
        raise AttributeError(f"module 'maestro_spec' has no attribute {name!r}")
    value = getattr(import_module(f"maestro_spec.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
