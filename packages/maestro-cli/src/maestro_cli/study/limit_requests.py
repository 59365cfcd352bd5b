"""Ask a conductor for new limits of a study, and hear what it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from maestro_cli.errors import StudyError
from maestro_cli.ui.sanitize import shell_word

if TYPE_CHECKING:
    from maestro_cli.study.requests import Limits
    from maestro_cli.study.workspace_view import StudyView

__all__ = ["ask_for", "refuse_ended"]


def refuse_ended(study: StudyView) -> None:
    """Refuse a study that has ended: nothing of it would heed a limit.

    Raises:
        StudyError: It has.
    """
    if study.state in ("FINISHED", "FAILED", "CANCELLED", "DRYRUN"):
        again = f"maestro resume {shell_word(study.root)} --rlimit N"
        raise StudyError(
            f"{study.root}: the study is {study.state} already, so there is nothing to update",
            hint=f"new limits for another run of its steps: {again}",
        )


def ask_for(study: StudyView, limits: Limits) -> tuple[Path, bool]:
    """Make the request, and wait a short while for the conductor's answer.

    Returns:
        The request's file, and whether the limits are in force by now.

    Raises:
        StudyError: It cannot be written, or the conductor refused it.
    """
    from maestro_cli.study.answers import await_answer
    from maestro_cli.study.requests import request_update

    request = request_update(study.root, limits)
    answer = await_answer(study.root, request) if study.holder is not None else None
    if answer is not None and not answer.accepted:
        raise StudyError(f"{study.root}: the update was refused: {answer.message}")
    return request, answer is not None
