"""Go from an edited study file to an amendment that is in force: stage it, plan it, ask for it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maestro_cli.errors import StudyError
from maestro_cli.launch import pipeline
from maestro_cli.launch.run_file import write_amended_run
from maestro_cli.study.requests import request_amend
from maestro_cli.study.study_file import IN_FORCE
from maestro_cli.ui.sanitize import shell_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from maestro_cli.launch.amended_order import Amended
    from maestro_cli.launch.amendment_folder import AmendmentFolder
    from maestro_conductor.core.amendment import AmendPlan
    from maestro_spec import Problem

__all__ = ["accept", "ask_for", "is_nothing", "plan", "stage", "study_changes"]

#: s for which somebody waits who has asked a conductor to amend its study.
_PATIENCE = 10.0
#: s between two looks.
_PAUSE = 0.05
#: Bytes that the answer to a request may have.
_ANSWER = 1 << 16


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


def is_nothing(found: AmendPlan, study_changes: Sequence[str]) -> bool:
    """Tell whether all stays as it is: the instances, and what holds for the whole study."""
    touched = any(number for name, number in found.counts.items() if name != "kept")
    return not (touched or found.left or study_changes)


#: What the head of a graph says of the study, beside its batch block, and not of the file itself.
_OF_THE_STUDY = ("name", "description", "parameters")


def study_changes(folder: AmendmentFolder) -> list[str]:
    """Return what of the whole study is another one: ``description``, ``batch.queue``, ``results``, …."""
    from maestro_conductor.journal.in_force import graph_in_force
    from maestro_conductor.workspace.paths import GRAPH

    before, results = _head(folder.root / graph_in_force(folder.root))
    after, new_results = _head(folder.folder / GRAPH)
    found = [name for name in _OF_THE_STUDY if before.get(name) != after.get(name)]
    old, new = before["batch"], after["batch"]
    # Features that came later are absent from older graphs, which means that they are not used.
    found += ["results"] if results != new_results else []
    return found + [
        f"batch.{key}" for key in {**old, **new} if (old.get(key) or None) != (new.get(key) or None)
    ]


def _head(graph: Path) -> tuple[Mapping[str, Any], Mapping[str, object]]:
    """Return a graph's head, and the results of its steps, which are nothing that an instance does.

    Where a file's name holds parameters, the first instance speaks for all.
    """
    from maestro_conductor.workspace.graph_stream import GraphStream
    from maestro_conductor.workspace.regular_files import stream_regular

    with stream_regular(graph) as file:
        stream = GraphStream(graph, file, os.fstat(file.fileno()).st_size)
        steps = [stream.next("step", index) for index in range(stream.head["steps"])]
    return stream.head, {step["name"]: step.get("results") or [] for step in steps}


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
        StudyError: The request cannot be written, or was refused by the conductor that runs.
        maestro_conductor.errors.ConductorError: It was refused.
    """
    from maestro_conductor.app.amend import take_in
    from maestro_conductor.errors import HeldError

    folder.keep()
    request = request_amend(folder.root, folder.id, only_new=only_new, descendants=descendants)
    try:
        return "in force" if take_in(folder.root) else "waiting"
    except HeldError:
        return _wait(folder, request)


def _wait(folder: AmendmentFolder, request: Path) -> str:
    """Wait for the conductor that runs the study, but not for ever: it may have to cancel jobs first."""
    from maestro_conductor.journal.in_force import amendment_in_force

    end = time.monotonic() + _PATIENCE
    while amendment_in_force(folder.root) != folder.id:
        reason = _refusal(folder.root, request)
        if reason is not None:
            raise StudyError(f"{folder.root} was not amended: {reason}")
        if time.monotonic() > end:
            return "waiting"
        time.sleep(_PAUSE)
    return "in force"


def _refusal(root: Path, request: Path) -> str | None:
    """Return why the conductor refused a request; None: it did not, as far as is known."""
    from maestro_conductor.workspace.regular_files import read_regular

    try:
        answer = json.loads(read_regular(root / ".maestro" / "answers" / request.name, _ANSWER))
        if answer["accepted"] is False:
            return str(answer["message"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    if any((root / ".maestro" / "claimed").glob(f"*{request.name}*.bad")):
        return f"its conductor refused that; maestro logs {shell_word(root)} says why"
    return None
