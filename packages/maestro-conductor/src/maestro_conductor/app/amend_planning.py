"""Plan amendments. What was read for a plan serves for taking the amendment in, too."""

from __future__ import annotations

from pathlib import Path

import attrs

from maestro_conductor.core.amendment import AmendPlan, make_plan
from maestro_conductor.core.graph_difference import Difference
from maestro_conductor.core.graph_outline import Outline
from maestro_conductor.core.study_state import StudyState
from maestro_conductor.errors import WorkspaceError
from maestro_conductor.journal.in_force import amendment_in_force, graph_in_force
from maestro_conductor.journal.reader import JournalReader
from maestro_conductor.journal.replay import load
from maestro_conductor.model.graph import Graph
from maestro_conductor.runtime.amendment_reading import read_difference, read_in_force
from maestro_conductor.workspace.run_file import read_run

__all__ = ["Known", "Planning"]


@attrs.frozen(eq=False, repr=False)
class Known:
    """What was read of a study.

    Attributes:
        graph: in force.
        state: of the study.
        reader: that has read the state.
        difference: that the amendment makes which was planned last.
    """

    graph: Graph
    state: StudyState
    reader: JournalReader
    difference: Difference | None


class Planning:
    """Plans amendments of a study as it is now; reads graph and journal once, and changes nothing.

    Attributes:
        root: the workspace.
        outline: of the graph in force.
        state: of the study.
    """

    def __init__(self, root: Path) -> None:
        """Read the study.

        Raises:
            WorkspaceError: it cannot be read.
        """
        self.root = Path(root).absolute()
        self.outline, self.state, self._reader = _read_whole(self.root)
        self._difference: Difference | None = None

    @property
    def graph(self) -> Graph:
        """The graph in force."""
        return self.outline.graph

    def plan(self, folder: Path, *, only_new: bool = False, descendants: bool = True) -> AmendPlan:
        """Plan an amendment.

        Args:
            folder: where the amendment was put together, whatever it is called.
            only_new: what has changed and has begun stays as it ran.
            descendants: what has finished after a changed or a new instance runs again, too.

        Raises:
            WorkspaceError: it cannot be read, or is of another study, or of another form of this one
                than the one in force.
        """
        self._difference = read_difference(self.root, folder, old=self.outline)
        return make_plan(self._difference, self.state, only_new=only_new, descendants=descendants)

    def known(self) -> Known | None:
        """Return what was read, to the holder of the lock; None: it is not so any more."""
        if amendment_in_force(self.root) != self.graph.amendment:
            return None
        if not self._reader.is_up_to_date():
            return None
        return Known(self.graph, self.state, self._reader, self._difference)


def _read_whole(root: Path) -> tuple[Outline, StudyState, JournalReader]:
    """Read graph and journal; again, where the study was amended between the one and the other."""
    while True:
        before = amendment_in_force(root), graph_in_force(root)
        try:
            outline = read_in_force(root, before[1])
            return outline, *load(root, outline.graph, read_run(root))
        except WorkspaceError:
            if (amendment_in_force(root), graph_in_force(root)) == before:
                raise
