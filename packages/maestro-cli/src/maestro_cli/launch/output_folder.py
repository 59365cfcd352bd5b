"""Choose the folder in which a study is made, and reserve it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from maestro_cli.errors import Declined, StudyError
from maestro_cli.launch import claim, staging
from maestro_cli.study.folders import absolute
from maestro_cli.ui.console import say
from maestro_cli.ui.prompt import ask
from maestro_cli.ui.sanitize import clean

if TYPE_CHECKING:
    from maestro_cli.launch.staging import Stage
    from maestro_spec import Study

__all__ = ["InTheWay", "choose_way", "folder_name", "in_the_way", "output_parent", "reserve_output"]


@frozen
class InTheWay:
    """A study in the folder that is to become another one's.

    Attributes:
        root: Its folder.
        steps: How many instances it has; None: that cannot be read.
        finished: How many of them have finished.
    """

    root: Path
    steps: int | None
    finished: int

    def __str__(self) -> str:
        if self.steps is None:
            return "a study that cannot be read"
        return f"{self.steps} step{'' if self.steps == 1 else 's'}, {self.finished} finished"


def in_the_way(out: str | None) -> InTheWay | None:
    """Return the study that is in the folder of ``--out``; None: there is none.

    Raises:
        StudyError: The folder cannot be had, whatever the user says.
    """
    if not out or not claim.replaceable(absolute(out)):
        return None
    from maestro_cli.study.workspace_view import open_study
    from maestro_conductor.errors import ConductorError

    folder = absolute(out)
    try:
        study = open_study(folder)
    except (ConductorError, StudyError):
        return InTheWay(folder, None, 0)
    return InTheWay(folder, study.total, study.counts().get("FINISHED", 0))


def choose_way(there: InTheWay, answer: bool | None) -> str:
    """Return what is done with a study in the way: ``amend`` or ``replace``.

    Args:
        there: The study.
        answer: True: it is replaced; False: it stays; None: somebody is asked.

    Raises:
        Declined: It stays as it is.
    """
    ways = ("amend", "replace", "leave") if there.steps is not None else ("replace", "leave")
    found = None if answer is None else "replace" if answer else "leave"
    if found is None:
        say(f"{clean(there.root)} holds a study already ({there}).")
        if "amend" in ways:
            say("  amend    change it into this one: keeps what stays the same, and asks again")
        say("  replace  delete it with all its results, and make this one in its place")
        say("  leave    do nothing")
    while found is None:
        word = ask("What shall become of it?", ways).lower()
        # A plain yes must not delete anything.
        word = "leave" if word in ("n", "no") else word
        found = next((way for way in ways if word and way.startswith(word)), None)
        if found is None:
            say(f"please answer one of {', '.join(ways)}")
    if found == "leave":
        told = f"{there.root} stays as it is; nothing was started"
        raise Declined(told, hint="give another folder")
    return found


def reserve_output(study: Study, out: str | None, *, replace: bool) -> Stage:
    """Reserve a study's folder.

    Args:
        study: The study.
        out: ``--out``; None: a new folder named by the study and the time.
        replace: A study that is there may go, once the new one is whole.

    Raises:
        StudyError: The folder cannot be had.
    """
    if not out:
        return staging.reserve_stamped(absolute(output_parent(study)), folder_name(study))
    return staging.reserve(absolute(out), replace=replace)


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
