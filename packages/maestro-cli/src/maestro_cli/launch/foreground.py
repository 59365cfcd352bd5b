"""Runs a study in this process, and shows its progress."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from maestro_cli.errors import EXIT_CANCELLED, EXIT_FAILED, EXIT_OK
from maestro_cli.study.instances import ENDED_STATES
from maestro_cli.ui.console import is_terminal, say, warn
from maestro_cli.ui.sanitize import clean, shell_word
from maestro_cli.ui.style import Paint, unicode_ok

if TYPE_CHECKING:
    from maestro_conductor.runtime.progress import Progress

#: A message repeats the logs of no more failed steps than this.
_FAILURES_SHOWN = 3


def conduct_here(
    root: Path,
    *,
    debug_level: int,
    logpath: str | None,
    talkative: bool,
    take_over: bool = False,
) -> int:
    """Runs a workspace to its end; gives the exit code.

    Args:
        root: The workspace.
        debug_level: Least level that is logged, 1 to 5.
        logpath: Another file for the log.
        talkative: Show progress: a bar on a terminal, otherwise the log's lines.
        take_over: As the conductor's option.
    """
    from maestro_conductor import conduct

    bar = talkative and is_terminal(sys.stdout)
    with_bar = _Bar() if bar else None
    try:
        code = conduct(
            root,
            log_path=None if logpath is None else Path(logpath).absolute(),
            log_level=debug_level,
            log_to_stdout=talkative and not bar,
            observer=with_bar,
            take_over=take_over,
        )
    finally:
        if with_bar is not None:
            with_bar.close()
    sys.stdout.flush()
    return code


def report(root: Path, code: int) -> None:
    """Says how a foreground run ended: on stderr when steps failed."""
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.views import failed
    from maestro_cli.views.rows import short_duration
    from maestro_cli.views.summary import lasted

    study = open_study(root)
    age = short_duration(lasted(study, time.time_ns() // 1_000_000))
    counts = study.counts()
    if code == EXIT_OK:
        if study.state == "DRYRUN":
            say(f"Dry run: the scripts of {study.total} steps are in {clean(root)}")
            say(f"Run it with: maestro resume {shell_word(root)}")
        else:
            finished = Paint()("Finished", "bold green")
            say(f"{finished}: {study.total} steps in {age}. Results are in {clean(root)}")
    elif code == EXIT_FAILED:
        paint = Paint(stream=sys.stderr)
        own, others = failed.split(study.instances())
        shown = own[:_FAILURES_SHOWN]
        head = f"{len(own)} step{'' if len(own) == 1 else 's'} failed"
        if others:
            head += f", {len(others)} more could not run because of that"
        warn(paint(f"{head}; {counts.get('FINISHED', 0)} of {study.total} finished.", "bold red"))
        for instance in shown:
            for line in failed.one(study, instance, paint=paint, unicode=unicode_ok(sys.stderr)):
                warn(line)
        warn("")
        if len(own) > len(shown):
            warn(f"All of them: maestro status --failed {shell_word(root)}")
        warn(f"Once the cause is gone: maestro resume {shell_word(root)}")
    elif code == EXIT_CANCELLED:
        warn(f"Cancelled: {counts.get('FINISHED', 0)} of {study.total} steps had finished.")
        warn(f"Go on with: maestro resume {shell_word(root)}")
    else:
        warn(f"Stopped: {counts.get('FINISHED', 0)} of {study.total} steps have finished.")
        warn(f"Go on with: maestro resume {shell_word(root)}")


class _Bar:
    """A progress bar, and above it a line for each step that failed."""

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
            if state not in ("FINISHED", "DRYRUN"):
                self._console.print(Text.assemble((state, "bold red"), "  ", clean(name)))
        counts = seen.counts
        done = sum(counts.get(word, 0) for word in ENDED_STATES)
        detail = ", ".join(
            f"{counts[word]} {word.lower()}"
            for word in ("RUNNING", "PENDING", "FAILED", "TIMEDOUT", "CANCELLED")
            if counts.get(word)
        )
        if seen.paused:
            detail = f"paused: {clean(seen.paused)}"
        self._progress.update(self._task, total=seen.total, completed=done, detail=detail)

    def close(self) -> None:
        self._progress.stop()
