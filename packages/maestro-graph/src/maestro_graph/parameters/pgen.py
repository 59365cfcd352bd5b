"""Running a user's generator file."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys
import traceback
import types
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from maestro_graph.errors import ParameterError, PgenError
from maestro_graph.files.spec_file import Spec, view
from maestro_graph.model import parameters
from maestro_graph.model.parameters import ParameterTable, table_of
from maestro_graph.parameters.environment import resolve_environment

_FUNCTION = "get_custom_generator"
_MODULE = "custom_gen"

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

#: Packages that maestrowf 1.2.1 brings along, so that generator files may use them without a word:
#: module → what pip calls it.
_BROUGHT_ALONG = {
    "coloredlogs": "coloredlogs",
    "dill": "dill",
    "filelock": "filelock",
    "jsonschema": "jsonschema",
    "packaging": "packaging",
    "rich": "rich",
    "six": "six",
    "tabulate": "tabulate",
    "yaml": "PyYAML",
}


class SpecRoot(str):
    """The study file's folder: a text, with the ``value`` that upstream's generator files use."""

    __slots__ = ()

    @property
    def value(self) -> str:
        """The folder as a plain text."""
        return str(self)


@attrs.frozen
class EnvironmentValue:
    """A variable, label or dependency, as generator files find it."""

    name: str
    value: Any
    token: str = "$"  # noqa: S105 -- the sign before the parenthesis

    def get_var(self) -> str:
        """Return the token itself."""
        return f"{self.token}({self.name})"

    def substitute(self, data: str) -> str:
        """Replace the token in a text."""
        return data.replace(self.get_var(), str(self.value))

    def __str__(self) -> str:
        return self.get_var()


class PgenEnvironment:
    """The study's `env` as generator files see it.

    Args:
        spec: the study.
        root: absolute path of the workspace.
    """

    def __init__(self, spec: Spec, root: str) -> None:
        written = {**spec.variables, **spec.labels}
        self._values = {}
        for name, text in resolve_environment(spec, root).items():
            # A number stays one; texts are given with their tokens resolved.
            plain = written.get(name)
            value = plain if plain is not None and str(plain) == text else text
            self._values[name] = EnvironmentValue(name, value)

    def find(self, key: str) -> EnvironmentValue | None:
        """Return what stands for ``$(key)``, or None."""
        return self._values.get(key)

    def apply_environment(self, item: str) -> str:
        """Replace the tokens of the whole `env` in a text."""
        for value in self._values.values():
            item = value.substitute(item)
        return item


#: What stands in for upstream's, under the name that it has there.
_STAND_INS = {
    "ParameterGenerator": parameters.ParameterGenerator,
    "Combination": parameters.Combination,
    "StudyEnvironment": PgenEnvironment,
    "Variable": EnvironmentValue,
}


def load_pgen(
    path: str | os.PathLike[str],
    pargs: Mapping[str, str],
    spec_document: Mapping[str, Any],
    output_path: str | os.PathLike[str],
) -> ParameterTable:
    """Run a generator file and take over its table.

    Args:
        path: a Python file that defines ``get_custom_generator(env, **kwargs)``. Files written for
            maestrowf run as they are, whether it is installed or not.
        pargs: keyword arguments for it, all texts.
        spec_document: record ``Spec``.
        output_path: absolute path of the workspace; it must exist, as the file may write there.

    Raises:
        PgenError: the file cannot be loaded, or failed; ``trace`` holds its own traceback.
        ParameterError: what it returned is no table.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100 -- resolve() would follow links
    spec = view(spec_document)
    root = os.fspath(output_path)
    kwargs = {**pargs, "OUTPUT_PATH": root, "SPECROOT": SpecRoot(spec.specroot)}
    with _importable(), _loaded(path) as module:
        function = getattr(module, _FUNCTION, None)
        if not callable(function):
            raise PgenError(
                f"{path} defines no {_FUNCTION}",
                hint=f"define `def {_FUNCTION}(env, **kwargs)` that returns a ParameterGenerator",
            )
        with _own_traceback(path):
            generator = function(PgenEnvironment(spec, root), **kwargs)
            if not hasattr(generator, "parameters") or not hasattr(generator, "__iter__"):
                raise ParameterError(
                    f"{_FUNCTION} of {path} returned {type(generator).__name__},"
                    " not a ParameterGenerator",
                    hint="return the generator that it filled",
                )
            return table_of(generator)


@contextmanager
def _loaded(path: Path) -> Iterator[types.ModuleType]:
    if not path.is_file():
        raise PgenError(f"there is no generator file {path}")
    spec = importlib.util.spec_from_loader(
        _MODULE, importlib.machinery.SourceFileLoader(_MODULE, str(path))
    )
    if spec is None or spec.loader is None:
        raise PgenError(f"{path} cannot be loaded as a Python file")
    module = importlib.util.module_from_spec(spec)
    # Dataclasses and pickle look their module up by name.
    before, sys.modules[_MODULE] = sys.modules.get(_MODULE), module
    no_cache, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        with _own_traceback(path):
            spec.loader.exec_module(module)
        yield module
    finally:
        sys.dont_write_bytecode = no_cache
        if before is None:
            del sys.modules[_MODULE]
        else:
            sys.modules[_MODULE] = before


@contextmanager
def _importable() -> Iterator[None]:
    """Let `from maestrowf.datastructures.core import ParameterGenerator` work.

    An installed maestrowf is left alone, if it works: its generator is as good as ours.
    """
    if _has_maestrowf():
        yield
        return
    for name in _UPSTREAM_MODULES:
        module = types.ModuleType(name, "Stands in for maestrowf while a generator file runs.")
        module.__path__ = []
        vars(module).update(_STAND_INS)
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


@contextmanager
def _own_traceback(path: Path) -> Iterator[None]:
    """Turn an error inside the generator file into a `PgenError` with the file's own traceback."""
    try:
        yield
    except ParameterError:
        raise
    except (Exception, SystemExit) as error:
        frames = error.__traceback__
        while frames is not None and frames.tb_frame.f_code.co_filename != str(path):
            frames = frames.tb_next
        trace = "".join(traceback.format_exception(type(error), error, frames))
        said, hint = _explain(error)
        raise PgenError(
            f"the generator file {path} failed: {said}", hint=hint, trace=trace
        ) from error


def _explain(error: BaseException) -> tuple[str, str]:
    """Return what a generator file's error says, and what to do."""
    said = f"{type(error).__name__}: {error}"
    module = getattr(error, "name", None)
    if not isinstance(error, ImportError) or not module:
        return said, "the error is in that file, or in the arguments given with --pargs"
    package = module.partition(".")[0]
    install = f"{sys.executable} -m pip install"
    if package == "maestrowf":
        names = ", ".join(_STAND_INS)
        return (
            f"{said}. Of maestrowf, {names} are here without it, and no others",
            f"use those alone, or install maestrowf where maestro runs: {install} maestrowf",
        )
    if isinstance(error, ModuleNotFoundError):
        named = _BROUGHT_ALONG.get(package, package)
        brought = ", which maestrowf brought along," if package in _BROUGHT_ALONG else ""
        return (
            f"{said}; {package}{brought} is not installed where maestro runs",
            f"add it: {install} {named}",
        )
    return said, "the error is in that file, or in a package that it imports"
