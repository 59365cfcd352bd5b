"""Have the scripts of a dry run written."""

from __future__ import annotations

from maestro_conductor.core.events import ScriptsWritten
from maestro_conductor.core.instructions import WriteScripts
from maestro_conductor.core.step_change import StepChange
from maestro_conductor.model.states import DRYRUN, FAILED, INITIALIZED, QUEUED

__all__ = ["DryRun"]

#: Scripts that are written in one go: requests are looked at in between.
_BATCH = 200


class DryRun:
    """Goes through all instances once.

    Args:
        step: changes the study's state.
        asked: the study was started as a dry run.
    """

    def __init__(self, step: StepChange, *, asked: bool) -> None:
        self._step = step
        self.asked = asked
        self._writing = False
        self._next = 0

    @property
    def on(self) -> bool:
        """Tell whether scripts are written and nothing is run; a resume ends that."""
        return self.asked and not self._step.state.resumed

    def fill(self) -> None:
        """Have the next scripts written, unless some are being written."""
        if self._writing:
            return
        batch: list[int] = []
        state = self._step.state.state
        while self._next < len(state) and len(batch) < _BATCH:
            if state[self._next] in (INITIALIZED, QUEUED):
                batch.append(self._next)
            self._next += 1
        if batch:
            self._writing = True
            self._step.instruct(WriteScripts(batch))

    def written(self, event: ScriptsWritten) -> None:
        """Take in which scripts were written."""
        self._writing = False
        for i, error in event.jobs:
            if self._step.state.state[i] not in (INITIALIZED, QUEUED):
                continue
            self._step.row(i, DRYRUN if error is None else FAILED, reason=error)
