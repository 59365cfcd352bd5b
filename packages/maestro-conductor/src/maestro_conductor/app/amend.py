"""Plan amendments, and take them in where no conductor runs."""

from __future__ import annotations

from pathlib import Path

from maestro_conductor.core.amendment import AmendPlan, make_plan
from maestro_conductor.journal.in_force import graph_in_force
from maestro_conductor.journal.replay import load
from maestro_conductor.runtime.amendment_reading import read_difference
from maestro_conductor.workspace.run_file import read_run

__all__ = ["plan_amendment"]


def plan_amendment(
    root: Path, folder: Path, *, only_new: bool = False, descendants: bool = True
) -> AmendPlan:
    """Plan an amendment by what the workspace says now; change nothing.

    Args:
        root: the workspace.
        folder: where the amendment was put together, whatever it is called.
        only_new: what has changed and has begun stays as it ran.
        descendants: what has finished after a changed or a new instance runs again, too.

    Raises:
        WorkspaceError: something cannot be read, or the amendment is of another study, or of
            another form of this one than the one in force.
    """
    root = Path(root).absolute()
    difference = read_difference(root, folder, in_force=graph_in_force(root))
    state, _ = load(root, difference.old, read_run(root))
    return make_plan(difference, state, only_new=only_new, descendants=descendants)
