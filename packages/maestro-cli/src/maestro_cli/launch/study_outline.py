"""Outline the study of a study file, for pictures: nothing is made, and no dependency acquired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from maestro_cli.launch.study_check import check_study, refuse_reading
from maestro_cli.study.instances import Step
from maestro_cli.study.outline import Outline

if TYPE_CHECKING:
    from maestro_graph import ParameterTable

__all__ = ["outline_of_file"]


def outline_of_file(
    file: str, *, variables: Mapping[str, str], pgen: str | None, pargs: Mapping[str, str]
) -> Outline:
    """Expand a study in memory.

    Args:
        file: Path of the study file.
        variables: Other values of ``env.variables``.
        pgen: Path of a generator file: it is run.
        pargs: Its arguments.

    Raises:
        BadStudyError: It has errors; they have been shown.
        maestro_spec.SpecError: There is no such file, or an override does not fit.
        maestro_graph.GraphError: It cannot be expanded, or the generator file failed.
    """
    from maestro_graph import build_table, expand
    from maestro_spec import has_errors, override, spec_document
    from maestro_spec.loading import read

    reading = read(file)
    study = reading.study
    if study is None or has_errors(reading.problems):
        raise refuse_reading(reading, file)
    if variables:
        study = override(study, variables=variables, batch={})
    document = spec_document(study)
    if pgen is None:
        check_study(study, file)
        table = build_table(document)
    else:
        table = _generate(pgen, pargs, document)
        check_study(study, file, parameters=[column.name for column in table.columns])
    graph = expand(document, table)
    names, needs, groups = [], [], []
    for instance in graph.instances:
        names.append(instance.name)
        needs.append(instance.needs)
        groups.append(instance.groups)
    return Outline(
        name=graph.name,
        steps=[Step(step.name, step.first, step.count) for step in graph.steps],
        names=names,
        needs=needs.__getitem__,
        groups=groups.__getitem__,
    )


def _generate(
    pgen: str, pargs: Mapping[str, str], document: Mapping[str, object]
) -> ParameterTable:
    """Run a generator file, which may write into the folder that it is given."""
    from tempfile import TemporaryDirectory

    from maestro_graph import load_pgen

    with TemporaryDirectory(prefix="maestro-graph-") as folder:
        return load_pgen(pgen, pargs, document, folder)
