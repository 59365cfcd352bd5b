"""Have a study go on: by a request to its conductor, or by one that is started."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from maestro_cli.errors import StudyError

if TYPE_CHECKING:
    from maestro_cli.launch.start import StartOptions
    from maestro_cli.study.requests import Limits
    from maestro_cli.study.selection import Selection
    from maestro_cli.study.workspace_view import StudyView

__all__ = ["Effect", "Resumed", "again", "resume"]

Effect: TypeAlias = Literal["nothing", "asked", "goes on", "started", "resumed"]


class Resumed(NamedTuple):
    """What came of it.

    Attributes:
        effect: ``nothing`` was to be done; its live conductor was ``asked``, and has not answered; the
            study ``goes on`` by that conductor; it was ``started`` for the first time, or ``resumed``.
        exit_code: Of a study that ran in the foreground; None: it did not.
    """

    effect: Effect
    exit_code: int | None = None


def again(study: StudyView, selection: Selection) -> list[str]:
    """Return the names of what will run again, by the conductor's own rule.

    Args:
        study: The study.
        selection: Of its instances; an empty one: all that failed, timed out or were cancelled.

    Raises:
        StudyError: A name fits nothing, or what it names cannot run.
    """
    from maestro_cli.study.selection import choose
    from maestro_conductor.core.resume_selection import select

    if selection:
        choose(study, selection)
    try:
        found = select(study.graph, study.known, selection.names, selection.where, study.parameters)
    except ValueError as error:
        raise StudyError(f"{study.root}: {error}") from error
    return [study.graph.names[i] for i in found]


def resume(
    study: StudyView,
    names: Sequence[str],
    selection: Selection,
    limits: Limits,
    options: StartOptions,
) -> Resumed:
    """Make the request, and start a conductor where none is alive.

    Args:
        study: The study.
        names: What will run again, as `again` returned it.
        selection: That it was selected by.
        limits: New limits.
        options: How it is started.

    Raises:
        StudyError: The user may not run it, or its conductor refused.
        LaunchError: The conductor did not come alive.
    """
    from maestro_cli.launch.start import call_on_end, start
    from maestro_cli.study.answers import await_answer
    from maestro_cli.study.group_access import ask_owner
    from maestro_cli.study.requests import any_waiting, request_resume

    if study.holder is None and not os.access(study.root / ".maestro", os.W_OK):
        raise StudyError(f"you may not run {study.root}", hint=ask_owner(study.root))
    # What was asked for before may make another study of this one.
    waits = study.holder is None and (any_waiting(study.root) or _end_is_untold(study))
    if options.on_end is not None and (names or waits or study.known.outcome is None):
        call_on_end(study.root, options.on_end)
    if not (names or waits) and study.state in ("FINISHED", "RUNNING"):
        return Resumed("nothing")
    cancelled = (study.root / ".cancel.lock").exists()
    if names or limits or cancelled:
        request = request_resume(study.root, selection, limits)
        if study.holder is not None:
            answer = await_answer(study.root, request)
            if answer is None:
                return Resumed("asked")
            if not answer.accepted:
                raise StudyError(f"{study.root}: resume was refused: {answer.message}")
            return Resumed("goes on")
    started = start(study.root, study.name, options)
    return Resumed("started" if study.state == "STAGED" else "resumed", started.exit_code)


def _end_is_untold(study: StudyView) -> bool:
    """Tell whether the study ended, and its conductor died before it called what was to be called then."""
    from maestro_conductor.workspace.paths import ON_END

    return study.known.outcome is not None and os.path.lexists(study.root / ON_END)
