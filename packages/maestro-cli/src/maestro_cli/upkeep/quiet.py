"""Make sure that nothing goes on in a study, and that nothing has since. Reads its files."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from maestro_cli.errors import StudyError
from maestro_cli.study.workspace_view import StudyView
from maestro_cli.ui.sanitize import shell_word

__all__ = ["Moment", "moment", "refuse_running"]


@frozen
class Moment:
    """What is another thing once somebody has amended, or run, a study.

    Attributes:
        amendment: In force.
        journal: Which file it is, and how long.
    """

    amendment: str | None
    journal: tuple[int, int]


def moment(root: Path) -> Moment:
    """Return how a study stands just now."""
    from maestro_conductor.journal.in_force import amendment_in_force
    from maestro_conductor.workspace.paths import JOURNAL

    try:
        status = (root / JOURNAL).stat()
    except FileNotFoundError:
        return Moment(amendment_in_force(root), (0, 0))
    return Moment(amendment_in_force(root), (status.st_ino, status.st_size))


def refuse_running(study: StudyView, *, why: str, hint: str) -> None:
    """Refuse a study that a conductor runs, or of which jobs may run without one.

    Args:
        study: The study.
        why: What would come of it otherwise.
        hint: What else can be done.

    Raises:
        StudyError: It is one.
    """
    told = shell_word(study.root)
    if study.holder is not None:
        raise StudyError(
            f"{study.root} runs: {why}",
            hint=f"wait until it has ended, or cancel it: maestro cancel {told}{hint}",
        )
    counts = study.counts()
    flight = sum(counts.get(word, 0) for word in ("RUNNING", "PENDING", "FINISHING", "UNKNOWN"))
    if flight:
        raise StudyError(
            f"{study.root} has {flight} step{'' if flight == 1 else 's'} in flight, as far as is"
            f" known, though no conductor runs it: {why}",
            hint=f"go on with it (maestro resume {told}), or cancel it{hint}",
        )
