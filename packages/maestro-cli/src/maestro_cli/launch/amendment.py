"""Go from an edited study file to an amendment that is in force: stage it, plan it, ask for it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

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
    from maestro_conductor.app.amend_planning import Planning
    from maestro_conductor.core.amendment import AmendPlan
    from maestro_conductor.core.graph_outline import Outline
    from maestro_graph import Earlier
    from maestro_spec import Problem
    from maestro_spec.model.study import Study

__all__ = [
    "Staged",
    "accept",
    "ask_for",
    "is_nothing",
    "lost_time",
    "plan",
    "settle",
    "stage",
    "study_changes",
]

#: s for which somebody waits who has asked a conductor to amend its study.
_PATIENCE = 10.0
#: s between two looks.
_PAUSE = 0.05
#: Bytes that the answer to a request may have.
_ANSWER = 1 << 16


class Staged(NamedTuple):
    """An amendment that was put together, and the study as it was read for that.

    Attributes:
        folder: Holds the study in its new form.
        planning: Has read the study; that is not done again.
        warnings: The linter's; they have been shown.
    """

    folder: AmendmentFolder
    planning: Planning
    warnings: Sequence[Problem]


def settle(root: Path) -> None:
    """Finish what amendments that were asked for before have left to do, unless a conductor does.

    Another amendment is made from what is in force then.

    Raises:
        StudyError: One has to wait for the next start of the study.
        maestro_conductor.errors.ConductorError: A file is damaged, or cannot be put in its place.
    """
    from maestro_conductor.app.amend import take_in
    from maestro_conductor.errors import HeldError, WorkspaceError

    if not _is_unfinished(root):
        return
    try:
        take_in(root)
    except HeldError:
        return
    except OSError as error:
        raise _not_yet(root, _text(error)) from error
    except WorkspaceError:
        if _is_unfinished(root):
            raise
    if _is_unfinished(root):
        raise StudyError(
            f"{root} was amended before, and that waits for its next start",
            hint=f"start it, and amend it again: maestro resume {shell_word(root)}",
        )


def _is_unfinished(root: Path) -> bool:
    """Tell whether an amendment was asked for that is not in force, or not in its place."""
    from maestro_conductor.journal.in_force import amendment_in_force
    from maestro_conductor.workspace.amendment_files import staged_folder, waiting_amendments

    in_force = amendment_in_force(root)
    begun = in_force is not None and staged_folder(root, in_force).exists()
    return begun or bool(waiting_amendments(root))


def stage(amended: Amended, folder: AmendmentFolder) -> Staged:
    """Fill the folder of an amendment with the study in its new form.

    Raises:
        BadStudyError: The study file has errors; they have been shown.
        maestro_conductor.errors.ConductorError: A file of the study is damaged.
        maestro_graph.GraphError: It cannot be expanded, or the generator file failed.
        maestro_spec.SpecError: There is no such file, or an override does not fit.
        StudyError: It cannot be written.
    """
    from maestro_conductor.app.amend_planning import Planning

    study, warnings = pipeline.read_study(amended.order)
    planning = Planning(folder.root)
    with folder.written():
        found = _fill(amended, study, folder, planning)
    return Staged(folder, planning, [*warnings, *found])


def _fill(
    amended: Amended, study: Study, folder: AmendmentFolder, planning: Planning
) -> list[Problem]:
    from maestro_graph import Amendment

    order = amended.order
    before = Amendment(folder.id, _earlier(planning.outline, study, folder.root))
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
    return found


def _earlier(outline: Outline, study: Study, root: Path) -> Earlier:
    """Return what the new graph keeps of the old one, for the expansion."""
    from maestro_graph import Earlier, Place, read_labels

    graph, stems = outline.graph, outline.stems
    places = {
        name: Place(workspace, *stems.get(index, (name, name)))
        for index, (name, workspace) in enumerate(zip(graph.names, graph.workspaces, strict=True))
    }
    folders = {step.name: step.record["workspace"] for step in graph.steps}
    # Only they have labels that depend on the graph before, which is not read again for the others.
    ranges = any(
        column.range is not None and column.range.num is not None
        for factor in study.parameters
        for column in factor.columns
    )
    labels = read_labels(root / graph.file) if ranges else {}
    return Earlier(graph.header["hashws"], graph.amendment, folders, places, labels)


def plan(staged: Staged, *, only_new: bool, descendants: bool) -> AmendPlan:
    """Return what the amendment does to each instance: the conductor's own plan.

    Raises:
        maestro_conductor.errors.ConductorError: A file is damaged, or the study was amended meanwhile.
    """
    return staged.planning.plan(staged.folder.folder, only_new=only_new, descendants=descendants)


def lost_time(staged: Staged, found: AmendPlan) -> float:
    """Return for how many seconds those ran that have finished and run again."""
    from maestro_conductor.model.states import FINISHED

    known = staged.planning.state
    again = (i for i, anew in zip(found.origin, found.anew, strict=True) if anew and i >= 0)
    spans = ((known.started[i], known.ended[i]) for i in again if known.state[i] == FINISHED)
    return sum(ended - started for started, ended in spans if 0 <= started <= ended) / 1000


def is_nothing(found: AmendPlan, study_changes: Sequence[str]) -> bool:
    """Tell whether all stays as it is: the instances, and what holds for the whole study."""
    touched = any(number for name, number in found.counts.items() if name != "kept")
    return not (touched or found.left or study_changes)


#: What the head of a graph says of the study, beside its batch block, and not of the file itself.
_OF_THE_STUDY = ("name", "description", "parameters")


def study_changes(staged: Staged) -> list[str]:
    """Return what of the whole study is another one: ``description``, ``batch.queue``, ``results``, …."""
    from maestro_conductor.workspace.paths import GRAPH

    graph = staged.planning.graph
    before = graph.header
    results = {step.name: step.record.get("results") or [] for step in graph.steps}
    after, new_results = _head(staged.folder.folder / GRAPH)
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


def ask_for(staged: Staged, *, only_new: bool, descendants: bool) -> str:
    """Keep the amendment, and have it put in force.

    Returns:
        ``in force``, or ``waiting``: its conductor, or the next one, takes it in.

    Raises:
        StudyError: The request cannot be written, or was refused by the conductor that runs.
        maestro_conductor.errors.ConductorError: It was refused.
    """
    from maestro_conductor.app.amend import take_in
    from maestro_conductor.errors import HeldError, WorkspaceError

    folder = staged.folder
    folder.keep()
    try:
        request = request_amend(folder.root, folder.id, only_new=only_new, descendants=descendants)
    except StudyError:
        folder.discard()
        raise
    try:
        return "in force" if take_in(folder.root, planning=staged.planning) else "waiting"
    except HeldError:
        return _wait(folder, request)
    except (OSError, WorkspaceError) as error:
        told = _half_done(folder, error)
        if told is None:
            raise
        raise told from error


def _half_done(folder: AmendmentFolder, error: Exception) -> StudyError | None:
    """Return what an error means to an amendment that was asked for; None: what it says itself."""
    from maestro_conductor.journal.in_force import amendment_in_force
    from maestro_conductor.workspace.amendment_files import waiting_amendments

    if amendment_in_force(folder.root) == folder.id:
        if not isinstance(error, OSError):
            return None
        return StudyError(
            f"{folder.root} is amended, and what is left to do cannot be done: {_text(error)}",
            hint=f"once it can: maestro resume {shell_word(folder.root)}",
        )
    if folder.id in waiting_amendments(folder.root):
        return _not_yet(folder.root, _text(error))
    return None


def _not_yet(root: Path, why: str) -> StudyError:
    return StudyError(
        f"{root} is not amended yet: {why}",
        hint="the request for it stays: `maestro resume` and `maestro amend` take it in",
    )


def _text(error: Exception) -> str:
    if not isinstance(error, OSError):
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)


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
