"""Go from an edited study file to an amendment that is in force: stage it, plan it, ask for it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from maestro_cli.launch import pipeline
from maestro_cli.launch.run_file import write_amended_run
from maestro_cli.study.requests import request_amend, taken
from maestro_cli.study.study_file import IN_FORCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from maestro_cli.launch.amended_order import Amended
    from maestro_cli.launch.amendment_folder import AmendmentFolder
    from maestro_conductor.core.amendment import AmendPlan
    from maestro_spec import Problem

__all__ = ["accept", "ask_for", "is_nothing", "plan", "stage"]

#: s for which somebody waits who has asked a conductor to amend its study.
_PATIENCE = 5.0


def stage(amended: Amended, folder: AmendmentFolder) -> list[Problem]:
    """Fill the folder of an amendment with the study in its new form.

    Returns:
        The linter's warnings; they have been shown.

    Raises:
        BadStudyError: The study file has errors; they have been shown.
        maestro_graph.GraphError: It cannot be expanded, or the generator file failed.
        maestro_spec.SpecError: There is no such file, or an override does not fit.
    """
    from maestro_conductor.journal.in_force import graph_in_force

    from maestro_graph import Amendment

    order = amended.order
    study, warnings = pipeline.read_study(order)
    before = Amendment(folder.id, folder.root / graph_in_force(folder.root))
    _, found = pipeline.expand_study(order, study, folder, amendment=before)
    study_file, pgen_file = pipeline.copy_sources(
        order, folder.folder, study_name=amended.run["study_file"]
    )
    write_amended_run(
        folder.folder,
        amended.run,
        {
            "study_file": study_file,
            "pgen_file": pgen_file,
            "variables": pipeline.fitting_variables(order, study),
            "batch": dict(order.batch),
            "pargs": dict(order.pargs),
        },
    )
    return [*warnings, *found]


def plan(folder: AmendmentFolder, *, only_new: bool, descendants: bool) -> AmendPlan:
    """Return what the amendment does to each instance: the conductor's own plan.

    Raises:
        maestro_conductor.errors.ConductorError: A file is damaged, or the study was amended meanwhile.
    """
    from maestro_conductor.app.amend import plan_amendment

    return plan_amendment(folder.root, folder.folder, only_new=only_new, descendants=descendants)


def is_nothing(found: AmendPlan, folder: AmendmentFolder) -> bool:
    """Tell whether all stays as it is: the instances, and what the graph says of the whole study."""
    if any(number for name, number in found.counts.items() if name != "kept") or found.left:
        return False
    from maestro_conductor.journal.in_force import graph_in_force

    from maestro_conductor.workspace.paths import GRAPH

    before = folder.root / graph_in_force(folder.root)
    return _about_study(before) == _about_study(folder.folder / GRAPH)


#: What the head of a graph says of the study, and not of the file that it stands in.
_OF_THE_STUDY = ("name", "description", "batch", "parameters")


def _about_study(graph: Path) -> Mapping[str, object]:
    from maestro_conductor.workspace.graph_stream import GraphStream
    from maestro_conductor.workspace.regular_files import stream_regular

    with stream_regular(graph) as file:
        head = GraphStream(graph, file, os.fstat(file.fileno()).st_size).head
    return {name: head.get(name) for name in _OF_THE_STUDY}


def accept(amended: Amended, folder: AmendmentFolder) -> None:
    """Take a study file over that says what runs already, so that it no longer counts as edited."""
    for name in (IN_FORCE, Path(amended.run["study_file"])):
        new, old = folder.folder / name, folder.root / name
        if not old.is_file() or new.read_bytes() != old.read_bytes():
            new.replace(old)


def ask_for(folder: AmendmentFolder, *, only_new: bool, descendants: bool) -> str:
    """Keep the amendment, and have it put in force.

    Returns:
        ``in force``, or ``waiting``: its conductor, or the next one, takes it in.

    Raises:
        StudyError: The request cannot be written.
        maestro_conductor.errors.ConductorError: It was refused.
    """
    from maestro_conductor.app.amend import take_in

    from maestro_conductor.errors import HeldError

    folder.keep()
    request = request_amend(folder.root, folder.id, only_new=only_new, descendants=descendants)
    try:
        return "in force" if take_in(folder.root) else "waiting"
    except HeldError:
        end = time.monotonic() + _PATIENCE
    if not taken(request, patience=_PATIENCE):
        return "waiting"
    while time.monotonic() < end:
        if _in_force(folder):
            return "in force"
        time.sleep(0.05)
    return "waiting"


def _in_force(folder: AmendmentFolder) -> bool:
    """Tell whether the journal is that of the amendment."""
    from maestro_conductor.journal.reader import JournalReader
    from maestro_conductor.workspace.paths import JOURNAL

    reader = JournalReader(folder.root / JOURNAL)
    try:
        list(reader.read())
        return reader.header is not None and reader.header.get("amendment") == folder.id
    finally:
        reader.close()
