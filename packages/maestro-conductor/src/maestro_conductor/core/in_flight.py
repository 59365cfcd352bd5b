"""Keep what is known of an attempt only while it is in flight."""

from __future__ import annotations

import attrs

from maestro_conductor.core.answers import Answer

__all__ = ["InFlight", "InFlights"]


@attrs.define
class InFlight:
    """An attempt that is in flight, beyond what its records say.

    Attributes:
        asking: it is to be searched for when its timer is due.
        cancel_sent: its job was asked to end.
        verdict: what a scheduler said of its end while its attempt file is being read.
        missing: s, steady, since when a scheduler has not known its job.
    """

    asking: bool = False
    cancel_sent: bool = False
    verdict: Answer | None = None
    missing: float | None = None


class InFlights(dict[int, InFlight]):
    """By instance; asked for, an attempt of which nothing is known yet is there."""

    def __missing__(self, i: int) -> InFlight:
        self[i] = known = InFlight()
        return known
