"""Plan what becomes of each instance when a study is amended; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import attrs

__all__ = ["Affected", "AmendPlan"]


@attrs.frozen
class Affected:
    """An instance that an amendment touches.

    Attributes:
        name: of the instance.
        step: of its step.
        workspace: its folder, relative to the root.
        state: that it is in before the amendment; empty: it is new.
        differs: what of it is not as before: words of `DIFFERENCES`.
    """

    name: str
    step: str
    workspace: str
    state: str = ""
    differs: tuple[str, ...] = ()


@attrs.frozen(eq=False, repr=False)
class AmendPlan:
    """What an amendment does. Each list is in the order of the graph.

    Attributes:
        kept: how many instances keep state, logs and attempts.
        changed: run again (or for the first time) in their new form.
        again: run again because they come after a changed, or a new one.
        new: run for the first time.
        gone: forgotten by the graph; their folders stay.
        left: kept although they, or what they come after, have changed: as was asked for.
        stopped: of the changed, the again and the gone: those in flight, which are cancelled first.
        renamed: steps all of whose instances are gone, and as new: they have another parameter.
    """

    kept: int
    changed: Sequence[Affected]
    again: Sequence[Affected]
    new: Sequence[Affected]
    gone: Sequence[Affected]
    left: Sequence[Affected]
    stopped: Sequence[Affected]
    renamed: Sequence[str]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many are kept, changed, again, new and gone."""
        return {
            "kept": self.kept,
            **{name: len(getattr(self, name)) for name in ("changed", "again", "new", "gone")},
        }

    @property
    def lost(self) -> list[Affected]:
        """Return those that have finished and run again: their results are written over."""
        return [each for each in (*self.changed, *self.again) if each.state == "FINISHED"]


def by_step(affected: Sequence[Affected]) -> dict[str, int]:
    """Return how many there are of each step."""
    return dict(Counter(each.step for each in affected))
