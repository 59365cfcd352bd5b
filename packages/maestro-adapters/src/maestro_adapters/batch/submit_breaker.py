"""Spares the submissions of one call what another of them has just met.

With a controller that is away, 1 000 submissions would each wait for their time-out; with a site's
limit reached, each would be refused. So the first to meet an obstacle tells the others.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable

import attrs

from maestro_adapters.batch.command_errors import ErrorPatterns
from maestro_adapters.errors import SchedulerError
from maestro_adapters.process.runner import Result

__all__ = ["SubmitBreaker"]


@attrs.define
class SubmitBreaker:
    """Shared by the threads of one `submit`.

    Attributes:
        patterns: tell what a failed command means.
        outage: the command that the scheduler did not answer; None: it answers.
        full: commands that met a limit of the site, by what the limit depends on.
    """

    patterns: ErrorPatterns
    outage: Result | None = attrs.field(default=None, init=False)
    full: dict[Hashable, Result] = attrs.field(factory=dict, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def refusal(self, limits: Hashable) -> SchedulerError | None:
        """Say why a submission that is subject to these limits is not worth trying; None: it is."""
        with self._lock:
            met = self.outage or self.full.get(limits)
        if met is None:
            return None
        return SchedulerError(
            f"not tried, as another submission just met this: {met.describe()}",
            command=met.argv,
            output=met.output,
            transient=True,
        )

    def learn(self, result: Result, limits: Hashable) -> None:
        """Remember what a submission met that concerns others, too."""
        if self.patterns.at_limit(result):
            with self._lock:
                self.full[limits] = result
        elif self.patterns.is_outage(result):
            with self._lock:
                self.outage = result
