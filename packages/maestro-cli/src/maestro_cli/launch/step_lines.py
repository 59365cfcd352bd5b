"""Tell into a pipe how far a study is: a line where the state of a step changes, not one per instance."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from maestro_cli.study.tally import in_words, of_states
from maestro_cli.ui.console import flush, say
from maestro_cli.ui.sanitize import clean
from maestro_cli.views.time_text import zoned

if TYPE_CHECKING:
    from maestro_conductor.runtime.progress import Progress, StepProgress

__all__ = ["StepLines"]

#: ms after which a step that goes on gets another line.
_PAUSE = 30_000
_OVER = ("finished", "skipped", "failed", "blocked", "cancelled")


class StepLines:
    """Prints a line when a step begins, has its first failure, and ends; in between now and then.

    Args:
        now: Returns ms since 1970.
    """

    def __init__(self, now: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> None:
        self._now = now
        self._told: dict[str, tuple[tuple[bool, ...], dict[str, int], int]] = {}
        self._paused: str | None = None

    def __call__(self, seen: Progress) -> None:
        """Print what is new."""
        now = self._now()
        if seen.paused != self._paused:
            self._paused = seen.paused
            self._say(now, f"stands still: {seen.paused}" if seen.paused else "goes on")
        for step in seen.steps():
            self._tell(step, now)
        flush()

    def _tell(self, step: StepProgress, now: int) -> None:
        counts = of_states(step.counts, step.blocked)
        over = sum(counts.get(word, 0) for word in _OVER)
        begun = bool(over or counts.get("running"))
        what = (begun, bool(counts.get("failed")), over == step.total)
        before, had, when = self._told.get(step.name, ((False, False, False), counts, now))
        if what == before and (counts == had or now - when < _PAUSE or not begun):
            self._told.setdefault(step.name, (before, had, when))
            return
        self._told[step.name] = (what, counts, now)
        self._say(now, f"{step.name}: {in_words(counts)} (of {step.total})")

    def _say(self, now: int, text: str) -> None:
        say(f"{zoned(now)}  {clean(text)}")
