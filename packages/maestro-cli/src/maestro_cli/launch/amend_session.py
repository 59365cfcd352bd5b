"""Go through an amendment: what it would do, and then do it or leave no trace."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from maestro_cli.errors import StudyError
from maestro_cli.launch import amendment
from maestro_cli.launch.amended_order import Amended, order_of
from maestro_cli.launch.amendment_folder import AmendmentFolder
from maestro_cli.study.group_access import owner

if TYPE_CHECKING:
    from maestro_cli.launch.amended_order import Wishes
    from maestro_cli.launch.amendment import Staged
    from maestro_conductor.core.amendment import AmendPlan

__all__ = ["Session", "carry_out", "opened", "prepared"]


@frozen
class Session:
    """An amendment that is whole, and not yet asked for.

    Attributes:
        amended: The study as it is to become.
        staged: That, expanded in a folder of the workspace.
        plan: What it does to each instance.
        changes: What of the whole study is another one.
        nothing: All stays as it is.
    """

    amended: Amended
    staged: Staged
    plan: AmendPlan
    changes: Sequence[str]
    nothing: bool


def opened(root: Path, wishes: Wishes, *, settle: bool) -> Amended:
    """Return the study as it is to become.

    Args:
        root: The workspace.
        wishes: What is given anew.
        settle: Finish earlier amendments first: not where it is only looked at.

    Raises:
        StudyError: The user may not amend it, or it has no study file.
        maestro_conductor.errors.ConductorError: A file of the workspace is damaged.
    """
    if not os.access(root / ".maestro", os.W_OK):
        hint = (
            f"its commands run as {owner(root)}, who alone may say what they are: ask for it there"
        )
        raise StudyError(f"you may not amend {root}", hint=hint)
    if settle:
        amendment.settle(root)
    return order_of(root, wishes)


@contextmanager
def prepared(
    root: Path, amended: Amended, *, only_new: bool, descendants: bool
) -> Iterator[Session]:
    """Expand a study in its new form; what `carry_out` was not called for is taken away.

    Raises:
        StudyError: The study file is not what it should be.
        maestro_conductor.errors.ConductorError, maestro_graph.GraphError, maestro_spec.SpecError: As
            `amendment.stage`.
    """
    with AmendmentFolder(root) as folder:
        staged = amendment.stage(amended, folder)
        plan = amendment.plan(staged, only_new=only_new, descendants=descendants)
        changes = amendment.study_changes(staged)
        yield Session(amended, staged, plan, changes, amendment.is_nothing(plan, changes))


def carry_out(session: Session, *, only_new: bool, descendants: bool) -> str:
    """Do it.

    Returns:
        ``in force``, ``waiting`` or ``nothing``.

    Raises:
        StudyError, maestro_conductor.errors.ConductorError: As `amendment.ask_for`.
    """
    if session.nothing:
        amendment.accept(session.amended, session.staged.folder)
        return "nothing"
    return amendment.ask_for(session.staged, only_new=only_new, descendants=descendants)
