"""Show progress live, with a bar per step and an estimate of the time left: ``--watch``."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from maestro_cli.errors import UsageError
from maestro_cli.study.instances import ENDED_STATES, Step
from maestro_cli.study.workspace_view import StudyView, open_study
from maestro_cli.ui.console import is_terminal, say
from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.signals import unwinding
from maestro_cli.ui.style import Paint
from maestro_cli.views import summary
from maestro_cli.views.theme import state_style
from maestro_cli.views.time_text import short_duration

if TYPE_CHECKING:
    from rich.console import RenderableType

_BAR = 24


def watch(folders: Sequence[Path], *, interval: float, paint: Paint) -> int:
    """Show studies until all have ended, or Ctrl-C; leave the terminal as it was.

    Args:
        folders: Of the studies.
        interval: Seconds between two looks, at least.
        paint: Colours.

    Returns:
        The highest exit code of the studies.

    Raises:
        UsageError: stdout is no terminal.
    """
    if not is_terminal(sys.stdout):
        raise UsageError("--watch needs a terminal", hint="use --summary or --json instead")
    from rich.console import Console, Group
    from rich.live import Live

    studies = [open_study(folder) for folder in folders]
    console = Console(no_color=not paint.on, highlight=False)
    try:
        with unwinding(), Live(console=console, screen=True, auto_refresh=False) as live:
            while True:
                begun = time.monotonic()
                room = max(4, (console.height - 1) // len(studies))
                live.update(Group(*(_panel(study, room) for study in studies)), refresh=True)
                if all(study.state != "RUNNING" for study in studies):
                    break
                time.sleep(max(0.1, interval, 4 * (time.monotonic() - begun)))
                studies = [open_study(folder) for folder in folders]
    except KeyboardInterrupt:
        pass
    now = time.time_ns() // 1_000_000
    for study in studies:
        say(summary.line(study, paint=paint, now=now))
    return max(study.exit_code for study in studies)


def _panel(study: StudyView, room: int) -> RenderableType:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    now = time.time_ns() // 1_000_000
    done = study.total - study.known.unfinished()
    head = Text.assemble(
        (clean(study.name), "bold"),
        "  ",
        (study.state, state_style(study.state)),
        f"  {done}/{study.total}  {short_duration(summary.lasted(study, now))}",
    )
    left = time_left(study, now)
    if left is not None:
        head.append(f"  about {short_duration(left)} left", "dim")
    table = Table.grid(padding=(0, 2))
    for justify in ("left", "left", "right", "left"):
        table.add_column(justify=justify, no_wrap=True)
    steps = _most_telling(study, room - 3)
    for step in steps:
        table.add_row(*_row(study, step))
    rest = len(study.steps) - len(steps)
    below = [Text(f"… and {rest} more steps", "dim")] if rest else []
    return Group(head, Text(clean(study.root), "dim"), table, *below)


def _row(study: StudyView, step: Step) -> list[RenderableType]:
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    counts = study.counts(step)
    ended = sum(counts.get(word, 0) for word in ENDED_STATES)
    bad = sum(counts.get(word, 0) for word in ("FAILED", "TIMEDOUT", "HWFAILURE"))
    colour = "red" if bad else "green"
    bar = ProgressBar(
        total=step.size, completed=ended, width=_BAR, complete_style=colour, finished_style=colour
    )
    details = Text("  ").join(
        Text(f"{number} {word.lower()}", state_style(word))
        for word, number in counts.items()
        if word not in ("FINISHED", "DRYRUN", "INITIALIZED")
    )
    if held := study.held_of(step):
        details.append(f"{'  ' if details else ''}{held} held", "bold yellow")
    return [Text(clean(step.name)), bar, f"{ended}/{step.size}", details]


def _most_telling(study: StudyView, room: int) -> list[Step]:
    """Return the steps that fit; where not all do, those that are under way or failed come first."""
    if len(study.steps) <= room:
        return list(study.steps)

    def dull(step: Step) -> int:
        words = set(study.counts(step))
        if words & {"RUNNING", "PENDING", "FINISHING", "FAILED", "TIMEDOUT", "HWFAILURE"}:
            return 0
        return 2 if words <= {"INITIALIZED", "FINISHED", "SKIPPED"} and len(words) == 1 else 1

    chosen = sorted(study.steps, key=dull)[: max(1, room - 1)]
    return [step for step in study.steps if step in chosen]


def time_left(study: StudyView, now: int) -> float | None:
    """Estimate the seconds until the study has ended; None where there is nothing to go by.

    What is still to run is taken to last as long as the mean of its step's finished instances (of
    all finished ones, where its step has none yet), at the parallelism that the study had so far.
    """
    known = study.known
    if study.state != "RUNNING":
        return None
    spent = 0.0
    ended = 0
    to_come: list[tuple[int, float | None, float]] = []
    for step in study.steps:
        mine = 0.0
        number = waiting = 0
        running = 0.0
        for i in range(step.first, step.first + step.size):
            if known.started[i] >= 0:
                lasted = (
                    (known.ended[i] if known.ended[i] >= 0 else now) - known.started[i]
                ) / 1000
                if known.ended[i] >= 0:
                    mine += lasted
                    number += 1
                else:
                    running += lasted
                    waiting += 1
            elif known.ended[i] < 0:
                waiting += 1
        spent += mine + running
        ended += number
        to_come.append((waiting, mine / number if number else None, running))
    wall = summary.lasted(study, now)
    if not ended or not wall or not spent:
        return None
    mean = spent / ended
    work = sum(
        max(0.0, waiting * (own if own is not None else mean) - running)
        for waiting, own, running in to_come
    )
    return work / max(spent / wall, 0.01)
