"""Run a user's generator file, and take over its table."""

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

from maestro_graph.errors import ParameterError, PgenError
from maestro_graph.files.spec_file import view
from maestro_graph.model.generator import table_of
from maestro_graph.model.parameters import ParameterTable
from maestro_graph.parameters.maestrowf_stand_ins import STAND_INS, maestrowf_importable
from maestro_graph.parameters.pgen_environment import PgenEnvironment, SpecRoot

_FUNCTION = "get_custom_generator"
_MODULE = "custom_gen"

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


def load_pgen(
    path: str | os.PathLike[str],
    pargs: Mapping[str, str],
    spec_document: Mapping[str, object],
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
    with maestrowf_importable(), _loaded(path) as module:
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
        names = ", ".join(STAND_INS)
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
