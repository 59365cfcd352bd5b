"""Describe a small study whose steps, rows, commands and edges a test changes at will."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from maestro_conductor.testing.workspace import StepPlan, make_amendment, make_workspace

__all__ = ["ChangingStep", "ChangingStudy"]


@attrs.frozen
class ChangingStep:
    """A step of a study that changes.

    Attributes:
        word: what its commands write.
        wide: it runs once for each row.
        needs: steps that it waits for, row by row where both are wide.
        funnels: steps all of whose instances it waits for.
        fails: its commands fail.
        restart: it has a restart command.
        procs: that it asks for; it runs on this machine all the same.
        retries: how often it is run again when it failed.
    """

    word: str = "x"
    wide: bool = True
    needs: tuple[str, ...] = ()
    funnels: tuple[str, ...] = ()
    fails: bool = False
    restart: bool = False
    procs: int | None = None
    retries: int = 0


@attrs.frozen
class ChangingStudy:
    """A study that changes.

    Attributes:
        rows: numbers of its rows, each once.
        steps: by name, in topological order.
    """

    rows: Sequence[int]
    steps: Mapping[str, ChangingStep]

    def plans(self) -> list[StepPlan]:
        """Return what `make_workspace` takes. Commands are those of `DoingPool`."""
        return [self._plan(name, step) for name, step in self.steps.items()]

    def _plan(self, name: str, step: ChangingStep) -> StepPlan:
        commands = [self._command(step, row) for row in self.rows] if step.wide else []
        return StepPlan(
            name,
            commands or [self._command(step, None)],
            # A narrow step waits for all of a wide one.
            needs=[need for need in step.needs if step.wide or not self.steps[need].wide],
            funnels=[
                *step.funnels,
                *[need for need in step.needs if not step.wide and self.steps[need].wide],
            ],
            restart="make again from" if step.restart else None,
            resources={} if step.procs is None else {"procs": step.procs},
            failure={"retries": step.retries},
            rows=list(self.rows) if step.wide else None,
        )

    def _command(self, step: ChangingStep, row: int | None) -> str:
        folders = []
        for name in step.needs:
            wide = self.steps[name].wide
            if not wide:
                folders.append(name)
            elif row is not None:
                folders.append(f"{name}/N.{row}")
        for name in step.funnels:
            folders += self._folders(name)
        verb = "fail" if step.fails else "make"
        return " ".join([verb, step.word, "from", *folders])

    def _folders(self, name: str) -> list[str]:
        if not self.steps[name].wide:
            return [name]
        # As with `$(S.workspace)/*`: the command is the same for any rows.
        return [f"{name}/*"]

    def make(self, root: Path) -> Path:
        """Make a workspace of it."""
        return make_workspace(root, self.plans())

    def stage(self, root: Path, amendment: str, amends: str | None = None) -> Path:
        """Put an amendment together by which the study at ``root`` becomes this one."""
        return make_amendment(root, self.plans(), amendment, amends=amends)
