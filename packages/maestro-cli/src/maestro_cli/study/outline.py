"""Outline a study for pictures: which steps there are, what waits for what, and in which state it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from maestro_cli.study.instances import Step

if TYPE_CHECKING:
    from maestro_cli.study.workspace_view import StudyView

__all__ = ["Outline", "outline_of"]


@frozen
class Outline:
    """What waits for what in a study.

    Attributes:
        name: The study's.
        steps: In topological order.
        names: Of the instances.
        needs: Instance → the instances that it waits for.
        groups: Instance → the steps all of whose instances it waits for.
        states: Of the instances; None: nothing was run.
    """

    name: str
    steps: Sequence[Step]
    names: Sequence[str]
    needs: Callable[[int], Iterable[int]]
    groups: Callable[[int], Iterable[int]]
    states: Sequence[str] | None = None

    def counts(self, first: int, size: int) -> dict[str, int]:
        """Count the states of instances that follow each other."""
        if self.states is None:
            return {}
        return dict(Counter(self.states[first : first + size]))


def outline_of(study: StudyView) -> Outline:
    """Outline the study of a workspace, with its states as they stand.

    Raises:
        maestro_conductor.errors.ConductorError: Its graph is damaged or too new.
    """
    from maestro_conductor.model.states import NAMES

    study.mark_queued()
    graph = study.graph
    return Outline(
        name=study.name,
        steps=study.steps,
        names=graph.names,
        needs=graph.needs_of,
        groups=lambda index: graph.groups.get(index, ()),
        states=[NAMES[code] for code in study.known.state],
    )
