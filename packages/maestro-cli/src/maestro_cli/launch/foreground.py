"""Run a study in this process, and show its progress."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from maestro_cli.launch.step_lines import StepLines
from maestro_cli.study.instances import ENDED_STATES
from maestro_cli.study.tally import of_states
from maestro_cli.ui.console import is_terminal
from maestro_cli.ui.sanitize import clean

if TYPE_CHECKING:
    from maestro_conductor.runtime.progress import Progress


def conduct_here(
    root: Path,
    *,
    debug_level: int,
    logpath: str | None,
    talkative: bool,
    take_over: bool = False,
) -> int:
    """Run a workspace to its end, and return the exit code.

    Args:
        root: The workspace.
        debug_level: Least level that is logged, 1 to 5.
        logpath: Another file for the log.
        talkative: Show progress: a bar on a terminal, otherwise a line where a step's state changes
            (at the lowest level the log's lines).
        take_over: As the conductor's option.
    """
    from maestro_conductor import conduct

    bar = talkative and is_terminal(sys.stdout)
    with_bar = _Bar() if bar else None
    whole_log = talkative and not bar and debug_level == 1
    by_step = StepLines() if talkative and not bar and not whole_log else None
    try:
        code = conduct(
            root,
            log_path=None if logpath is None else Path(logpath).absolute(),
            log_level=debug_level,
            log_to_stdout=whole_log,
            observer=with_bar or by_step,
            take_over=take_over,
        )
    finally:
        if with_bar is not None:
            with_bar.close()
    sys.stdout.flush()
    return code


#: No more ends than this have a line of their own above the bar.
_MOST_TOLD = 20


class _Bar:
    """A progress bar, and above it a line for each instance that failed."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        self._console = Console()
        self._told = 0
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[detail]}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            refresh_per_second=4,
        )
        self._task = self._progress.add_task("steps", total=None, detail="")
        self._progress.start()

    def __call__(self, seen: Progress) -> None:
        from rich.text import Text

        for name, state in seen.ended:
            if state not in ("FINISHED", "DRYRUN", "SKIPPED") and self._told < _MOST_TOLD:
                self._told += 1
                self._console.print(Text.assemble((state, "bold red"), "  ", clean(name)))
                if self._told == _MOST_TOLD:
                    self._console.print(
                        Text("more are only counted: maestro status --failed", "dim")
                    )
        done = sum(seen.counts.get(word, 0) for word in ENDED_STATES)
        blocked = sum(step.blocked for step in seen.steps()) if seen.counts.get("FAILED") else 0
        counts = of_states(seen.counts, blocked)
        detail = ", ".join(
            f"{counts[word]} {word}"
            for word in ("running", "queued", "failed", "blocked", "cancelled")
            if word in counts
        )
        if seen.paused:
            detail = f"paused: {clean(seen.paused)}"
        self._progress.update(self._task, total=seen.total, completed=done, detail=detail)

    def close(self) -> None:
        self._progress.stop()
