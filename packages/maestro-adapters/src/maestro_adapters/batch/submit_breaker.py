"""What the submissions of one call have met, so that those to come are not tried in vain.

With a controller that is away, 1 000 submissions would each wait for their time-out; with a site's
limit reached, each would be refused. So the first to meet an obstacle tells the others.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable

import attrs

from maestro_adapters.errors import SchedulerError
from maestro_adapters.process.runner import Result


@attrs.define
class Obstacles:
    """Shared by the threads of one `submit`.

    Attributes:
        outage: the scheduler is away.
        full: limits of the site that were met, by what they depend on.
    """

    outage: Result | None = None
    full: dict[Hashable, Result] = attrs.field(factory=dict)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def ahead(self, limits: Hashable) -> SchedulerError | None:
        """Why a submission that is subject to these limits is not worth trying."""
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

    def met_outage(self, result: Result) -> None:
        """The scheduler did not answer."""
        with self._lock:
            self.outage = result

    def met_limit(self, limits: Hashable, result: Result) -> None:
        """The site takes no more jobs of this kind for now."""
        with self._lock:
            self.full[limits] = result
