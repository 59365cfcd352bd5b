"""Run a study that is amended in a world of its own: virtual time, and jobs that outlive conductors."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from maestro_conductor.app.conduct import conduct
from maestro_conductor.journal import read_state
from maestro_conductor.model.states import NAMES
from maestro_conductor.testing.changing_study import ChangingStep, ChangingStudy
from maestro_conductor.testing.death import Death, MortalDisk
from maestro_conductor.testing.doing_pool import DoingPool
from maestro_conductor.testing.virtual_time import Timeline

__all__ = ["AmendedWorld", "untouched"]


class AmendedWorld:
    """A study in a world of its own.

    Args:
        root: the workspace, which is made.
        study: what it is at first.

    Attributes:
        time: it passes where a conductor waits.
        pool: runs the jobs, whatever becomes of conductors.
    """

    def __init__(self, root: Path, study: ChangingStudy) -> None:
        self.root = study.make(root)
        self.time = Timeline()
        self.pool = DoingPool(self.time, root)
        self._requests = 0

    def ask(self, request: str, **more: object) -> None:
        """Make a request.

        Args:
            request: its kind.
            more: its other fields.
        """
        folder = self.root / ".maestro/requests"
        folder.mkdir(exist_ok=True)
        self._requests += 1
        path = folder / f"{self._requests}.json"
        path.write_text(json.dumps({"request": request, **more}))

    def run(self, disk: MortalDisk | None = None) -> int | None:
        """Let a conductor run it, and return its exit code; None: it died."""
        try:
            with contextlib.nullcontext() if disk is None else disk.mortal():
                return self._conduct(disk)
        except Death:
            self.pool.lose_conductor()
            return None

    def die(self) -> None:
        """Let the conductor die: something that may happen at a time."""
        raise Death

    def _conduct(self, disk: MortalDisk | None) -> int:
        return conduct(
            self.root,
            scheduler_factory=lambda _name, _options: self.pool,
            host=self.time.host(disk),
        )

    def states(self) -> dict[str, str]:
        """Return the state of each instance, by name."""
        graph, state = read_state(self.root)
        return {name: NAMES[state.state[i]] for i, name in enumerate(graph.names)}

    def files(self) -> dict[str, str]:
        """Return what lies in the folders of the instances, without attempt files."""
        graph, _ = read_state(self.root)
        return {
            f"{workspace}/{path.name}": path.read_text()
            for workspace in graph.workspaces
            for path in sorted((self.root / workspace).glob("*"))
            if path.is_file() and not path.name.startswith(".")
        }

    def ends(self, workspace: str) -> int:
        """Return how often the command of an instance came to its end."""
        return sum(ended for place, _, ended in self.pool.done if place == workspace)


def untouched(before: ChangingStudy, after: ChangingStudy) -> list[str]:
    """Return the workspaces of instances that do the same in both, as does all that they wait for."""
    found: list[str] = []
    same: set[str] = set()
    for name, step in after.steps.items():
        earlier = before.steps.get(name)
        if earlier is None or earlier != step:
            continue
        for row in sorted(set(before.rows) & set(after.rows)) if step.wide else [None]:
            if all(
                _is_same(after, need, row if need in step.needs and step.wide else None, same)
                and (after.rows == before.rows or not _takes_all(after, step, need))
                for need in (*step.needs, *step.funnels)
            ):
                place = name if row is None else f"{name}/N.{row}"
                same.add(place)
                found.append(place)
    return found


def _takes_all(study: ChangingStudy, step: ChangingStep, need: str) -> bool:
    wide = study.steps[need].wide
    return wide and (need in step.funnels or not step.wide)


def _is_same(study: ChangingStudy, need: str, row: int | None, same: set[str]) -> bool:
    if not study.steps[need].wide:
        return need in same
    if row is not None:
        return f"{need}/N.{row}" in same
    return all(f"{need}/N.{each}" in same for each in study.rows)
