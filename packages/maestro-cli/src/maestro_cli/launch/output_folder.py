"""Choose the folder in which a study is made, and reserve it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from maestro_cli.errors import Declined
from maestro_cli.launch import claim, staging
from maestro_cli.study.folders import absolute
from maestro_cli.ui.sanitize import clean

if TYPE_CHECKING:
    from maestro_cli.launch.staging import Stage
    from maestro_spec import Study

__all__ = ["folder_name", "output_parent", "reserve_output"]


def reserve_output(study: Study, out: str | None, *, agree: Callable[[str], bool]) -> Stage:
    """Reserve a study's folder, after a question where a study is in the way.

    Args:
        study: The study.
        out: ``--out``; None: a new folder named by the study and the time.
        agree: Answers the question.

    Raises:
        Declined: The answer was no.
        StudyError: The folder cannot be had.
    """
    if not out:
        return staging.reserve_stamped(absolute(output_parent(study)), folder_name(study))
    folder = absolute(out)
    if not claim.replaceable(folder):
        return staging.reserve(folder)
    question = f"{clean(folder)} holds a study already. Delete it, and make this one in its place?"
    if not agree(question):
        raise Declined(f"{folder} stays as it is; nothing was started", hint="give another folder")
    return staging.reserve(folder, replace=True)


def output_parent(study: Study) -> Path:
    """Return the folder that a study without ``--out`` is made in: OUTPUT_PATH, or the current one."""
    from maestro_graph.files.spec_file import view
    from maestro_graph.parameters.environment import resolve_environment
    from maestro_spec import spec_document

    for variable in study.env.variables:
        if variable.name == "OUTPUT_PATH":
            value = str(variable.value)
            return Path(resolve_environment(view(spec_document(study)), value)["OUTPUT_PATH"])
    return Path.cwd()


def folder_name(study: Study) -> str:
    """Return the study's name as the stem of a folder's."""
    from maestro_graph.parameters.naming import clean

    return clean(study.name)
