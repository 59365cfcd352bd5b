"""Turn a study file into a workspace that a conductor can run: study → spec → graph → workspace."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from maestro_cli.errors import StudyError
from maestro_cli.launch.order import Order
from maestro_cli.launch.run_file import Run, write_batch_info, write_run
from maestro_cli.launch.start_folder import from_start_folder
from maestro_cli.launch.study_check import check_study, refuse_reading, require_adapter
from maestro_cli.study.study_file import IN_FORCE
from maestro_cli.ui.console import warn
from maestro_cli.ui.sanitize import clean

if TYPE_CHECKING:
    from maestro_graph import Amendment, Graph, ParameterTable
    from maestro_spec import Problem, Study

__all__ = ["Assembly", "build", "copy_sources", "expand_study", "fitting_variables", "read_study"]


class Assembly(Protocol):
    """A workspace, or what is to become of one, under construction."""

    @property
    def folder(self) -> Path:
        """Where it is put together."""

    @property
    def root(self) -> Path:
        """Where it will be."""

    def make_way(self) -> None:
        """Make sure that what a generator file writes into ``root`` meets no other study."""


def read_study(order: Order) -> tuple[Study, list[Problem]]:
    """Read and check the study; show warnings.

    Returns:
        The study, and the linter's warnings, unless a generator file has to run before.

    Raises:
        BadStudyError: It has errors; they have been shown.
        maestro_spec.SpecError: There is no such file, or an override does not fit.
    """
    from attrs import evolve

    from maestro_spec import has_errors, override
    from maestro_spec.loading import read

    origin = order.origin
    reading = read(order.study_file, specroot=None if origin is None else origin.specroot)
    study = reading.study
    if study is None or has_errors(reading.problems):
        raise refuse_reading(reading, order.study_file, quiet=order.quiet)
    if origin is not None:
        study = evolve(study, source=origin.source)
    variables = fitting_variables(order, study)
    if variables or order.batch:
        study = override(study, variables=variables, batch=order.batch)
    study, told = from_start_folder(study, Path(order.start_folder or Path.cwd()))
    for sentence in told if not order.quiet else ():
        warn(f"note: {clean(sentence)}")
    # What a generator file names is known only after it ran.
    warnings = check_study(study, order.study_file, quiet=order.quiet) if order.pgen is None else []
    require_adapter(study.batch.type)
    return study, warnings


def fitting_variables(order: Order, study: Study) -> dict[str, str]:
    """Return the variables that are replaced, without those that a study no longer has."""
    known = {each.name for each in (*study.env.variables, *study.env.labels)} | {"OUTPUT_PATH"}
    return {
        name: value
        for name, value in order.variables.items()
        if name in known or name not in order.carried
    }


def build(order: Order, study: Study, stage: Assembly) -> tuple[Graph, list[Problem]]:
    """Fill a staging folder with all that the conductor needs.

    Returns:
        The graph, and the linter's warnings about the parameters of a generator file.

    Raises:
        BadStudyError: The study does not fit the parameters of the generator file.
        maestro_graph.GraphError: It cannot be expanded, or the generator file failed.
        OSError: Something cannot be written; it names a place.
    """
    try:
        return _fill(order, study, stage)
    except OSError as error:
        if error.filename is None:  # of an open file the system says no name
            error.filename = str(stage.folder)
        raise


def _fill(order: Order, study: Study, stage: Assembly) -> tuple[Graph, list[Problem]]:
    graph, warnings = expand_study(order, study, stage)
    study_file, pgen_file = copy_sources(order, stage.folder)
    write_run(
        stage.folder,
        Run(
            study_file=study_file,
            pgen_file=pgen_file,
            throttle=order.throttle,
            rlimit=order.rlimit,
            attempts=order.attempts,
            sleep=order.sleep,
            usetmp=order.usetmp,
            dry=order.dry,
            variables=order.variables,
            batch=order.batch,
            pargs=order.pargs,
            started_in=os.getcwd(),  # noqa: PTH109 - as `absolute` takes it
            root=str(stage.root),
        ),
    )
    return graph, warnings


def expand_study(
    order: Order, study: Study, stage: Assembly, *, amendment: Amendment | None = None
) -> tuple[Graph, list[Problem]]:
    """Write what a study becomes: spec, parameters, graph, ``meta/`` and ``batch.info``.

    Args:
        order: How it is made.
        study: As it was read.
        stage: Where.
        amendment: The study at ``stage.root`` goes on in this form.

    Returns:
        As `build`.

    Raises:
        BadStudyError: The study does not fit the parameters of the generator file.
        maestro_graph.GraphError: It cannot be expanded, or the generator file failed.
    """
    from attrs import asdict

    from maestro_graph import expand_workspace
    from maestro_spec import spec_document, write_spec

    private = stage.folder / ".maestro"
    private.mkdir()
    write_spec(study, private / "spec.msgpack")
    table = None
    warnings: list[Problem] = []
    if order.pgen is not None:
        table = _generate(order.pgen, order.pargs, spec_document(study), stage)
        columns = [column.name for column in table.columns]
        warnings = check_study(study, order.study_file, parameters=columns, quiet=order.quiet)
    graph = expand_workspace(
        stage.folder,
        table,
        root=str(stage.root),
        hash_workspaces=order.hashws,
        shared=order.shared,
        amendment=amendment,
    )
    for notice in graph.notices if not order.quiet else ():
        warn(f"warning: {clean(notice)}")
    write_batch_info(stage.folder, asdict(graph.batch, recurse=False), str(stage.root))
    return graph, warnings


def _generate(
    pgen: str, pargs: Mapping[str, str], document: Mapping[str, object], stage: Assembly
) -> ParameterTable:
    from maestro_graph import load_pgen

    stage.make_way()
    return load_pgen(pgen, pargs, document, stage.root)


def copy_sources(
    order: Order, folder: Path, *, study_name: str | None = None
) -> tuple[str, str | None]:
    """Copy the study file and the generator file into a workspace.

    Args:
        order: Names the files.
        folder: The workspace.
        study_name: What the copy of the study file is called; None: as the file.

    Returns:
        What they are called.

    Raises:
        StudyError: The workspace has something else of that name.
    """
    study_file = _copy(order.study_file, folder, study_name)
    shutil.copyfile(folder / study_file, folder / IN_FORCE)
    return study_file, None if order.pgen is None else _copy(order.pgen, folder, None)


def _copy(source: str, folder: Path, name: str | None) -> str:
    if name is None:
        name = os.path.basename(source)  # noqa: PTH119 - of `x/` it is empty, and copying says so
    if os.path.lexists(folder / name):
        raise StudyError(
            f"{source} cannot be copied into the workspace: the name {name} is taken there",
            hint="rename the file",
        )
    shutil.copy(source, folder / name)
    return name
