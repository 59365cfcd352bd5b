"""Show studies live, as ``maestro status`` shows them, until they end: ``--watch``."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from maestro_cli.errors import UsageError
from maestro_cli.study.workspace_view import StudyView, open_study
from maestro_cli.ui.console import is_terminal, say
from maestro_cli.ui.paths import shorter
from maestro_cli.ui.signals import unwinding
from maestro_cli.ui.style import Paint, unicode_ok
from maestro_cli.views.fit import command
from maestro_cli.views.overview import Screen, lines

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["watch"]


def watch(folders: Sequence[Path], *, interval: float, paint: Paint) -> int:
    """Show studies until all have ended, or Ctrl-C; leave the terminal as it was.

    What was seen last stays below the command.

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
    from rich.console import Console
    from rich.live import Live

    studies = [open_study(folder) for folder in folders]
    interrupted = False
    console = Console(no_color=not paint.on, highlight=False)
    try:
        if any(study.state == "RUNNING" for study in studies):
            with unwinding(), Live(console=console, screen=True, auto_refresh=False) as live:
                while any(study.state == "RUNNING" for study in studies):
                    begun = time.monotonic()
                    screen = _screen(console.width, console.height, len(studies), paint)
                    live.update(_page(studies, screen), refresh=True)
                    time.sleep(max(0.1, interval, 4 * (time.monotonic() - begun)))
                    studies = [_again(study) for study in studies]
    except KeyboardInterrupt:
        interrupted = True
    # What is said after Ctrl-C must not push the first lines out of sight.
    room = console.height - (2 if interrupted else 0)
    screen = _screen(console.width, room, len(studies), paint)
    for number, study in enumerate(studies):
        for line in (*([""] if number else []), *_lines(study, screen)):
            say(line)
    if interrupted and any(study.state == "RUNNING" for study in studies):
        say()
        it = "The study goes" if len(studies) == 1 else "The studies go"
        words = ["maestro", "cancel", *(shorter(study.root) for study in studies)]
        for line in command(f"{it} on without being watched. To stop: ", words, screen.width):
            say(line)
    return max(study.exit_code for study in studies)


def _screen(width: int, height: int, studies: int, paint: Paint) -> Screen:
    return Screen(width, height // studies, paint, unicode_ok())


def _again(study: StudyView) -> StudyView:
    """Look again; the graph is read again only where an amendment made it another one."""
    seen = open_study(study.root)
    if seen.amendment == study.amendment and "graph" in study.__dict__:
        seen.__dict__["graph"] = study.graph
    return seen


def _lines(study: StudyView, screen: Screen) -> list[str]:
    study.mark_queued()
    return list(lines(study, screen, now=time.time_ns() // 1_000_000))


def _page(studies: Sequence[StudyView], screen: Screen) -> RenderableType:
    from rich.text import Text

    pages = ["\n".join(_lines(study, screen)) for study in studies]
    return Text.from_ansi("\n\n".join(pages), no_wrap=True, overflow="crop")
