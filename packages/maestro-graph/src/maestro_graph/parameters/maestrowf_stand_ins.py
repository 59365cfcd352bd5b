"""Let generator files import what they use of maestrowf, where it is not installed."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager

from maestro_graph.model.generator import Combination, ParameterGenerator
from maestro_graph.parameters.pgen_environment import EnvironmentValue, PgenEnvironment

#: Where upstream's generator files import `ParameterGenerator` and the like from.
_UPSTREAM_MODULES = (
    "maestrowf",
    "maestrowf.datastructures",
    "maestrowf.datastructures.core",
    "maestrowf.datastructures.core.parameters",
    "maestrowf.datastructures.core.studyenvironment",
    "maestrowf.datastructures.environment",
    "maestrowf.datastructures.environment.variable",
)
_PARAMETERS = _UPSTREAM_MODULES[3]

#: What stands in for upstream's, under the name that it has there.
STAND_INS = {
    "ParameterGenerator": ParameterGenerator,
    "Combination": Combination,
    "StudyEnvironment": PgenEnvironment,
    "Variable": EnvironmentValue,
}


@contextmanager
def maestrowf_importable() -> Iterator[None]:
    """Let `from maestrowf.datastructures.core import ParameterGenerator` work.

    An installed maestrowf is left alone, if it works: its generator is as good as ours.
    """
    if _has_maestrowf():
        yield
        return
    for name in _UPSTREAM_MODULES:
        module = types.ModuleType(name, "Stands in for maestrowf while a generator file runs.")
        module.__path__ = []
        vars(module).update(STAND_INS)
        sys.modules[name] = module
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
    try:
        yield
    finally:
        for name in _UPSTREAM_MODULES:
            del sys.modules[name]


def _has_maestrowf() -> bool:
    before = set(sys.modules)
    try:
        importlib.import_module(_PARAMETERS)
    except Exception:  # whatever it raises: it is old, and Python goes on without it
        for name in set(sys.modules) - before:
            if name.partition(".")[0] == "maestrowf":
                del sys.modules[name]
        return False
    return True
