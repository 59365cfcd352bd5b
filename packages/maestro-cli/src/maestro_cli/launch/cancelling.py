"""Have a study cancelled by its conductor, or by one that is started for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maestro_cli.study.workspace_view import StudyView

__all__ = ["cancel", "is_open"]


def is_open(study: StudyView) -> bool:
    """Tell whether there is anything to cancel: a study that has begun and not ended."""
    return study.state in ("RUNNING", "DEAD", "STOPPED")


def cancel(study: StudyView) -> bool:
    """Make the request, and wait a moment for its conductor.

    Returns:
        Whether a conductor has taken it; one that sleeps will when it wakes.

    Raises:
        StudyError: The request cannot be written.
        LaunchError: There was no conductor, and none came alive.
    """
    from maestro_cli.launch.detach import start_conductor
    from maestro_cli.study.answers import taken
    from maestro_cli.study.requests import request_cancel

    request = request_cancel(study.root)
    if study.holder is None:
        # Jobs of a scheduler may still run: only a conductor knows and stops them.
        start_conductor(study.root, study.name)
    return taken(request)
