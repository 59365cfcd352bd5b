"""Tell people what has become of a study: made, started, ended."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from maestro_cli.errors import EXIT_CANCELLED, EXIT_FAILED, EXIT_OK
from maestro_cli.ui.console import say, warn
from maestro_cli.ui.paths import shorter
from maestro_cli.ui.sanitize import clean, shell_word
from maestro_cli.ui.style import Paint, unicode_ok, width
from maestro_conductor.workspace.conductor_lock import last_holder

__all__ = ["report_end", "report_made", "report_started"]

#: A message tells of no more kinds of failures than this.
_FAILURES_SHOWN = 3


def report_made(root: Path) -> None:
    """Tell that a study was made, and not started."""
    say("Study launch aborted.")
    say(
        f"It is ready in {clean(shorter(root))}; start it with: maestro resume {shell_word(shorter(root))}"
    )


def report_started(root: Path) -> None:
    """Tell that a study was started in the background, and what can be done with it."""
    where = shell_word(shorter(root))
    say("Study launched successfully.")
    _warn_of_trouble(root)
    say(f"  follow it  maestro status {where}")
    say(f"  live       maestro status --watch {where}")
    say(f"  stop it    maestro cancel {where}")


def report_end(root: Path, code: int) -> None:
    """Tell how a study ended that ran in the foreground: on stderr where it did not finish."""
    from maestro_cli.study.standing import standing
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.views import failed
    from maestro_cli.views.time_text import short_duration

    study = open_study(root)
    how = standing(study, time.time_ns() // 1_000_000)
    age = short_duration(how.worked)
    idle = f", besides {short_duration(how.idle)} in which nothing ran" if how.idle >= 1 else ""
    counts = study.counts()
    if code == EXIT_OK:
        if study.state == "DRYRUN":
            say(f"Dry run: the scripts of {study.total} steps are in {clean(shorter(root))}")
            say(f"Run it with: maestro resume {shell_word(shorter(root))}")
        else:
            finished = Paint()("Finished", "bold green")
            say(
                f"{finished}: {study.total} steps in {age}{idle}. Results are in {clean(shorter(root))}"
            )
    elif code == EXIT_FAILED:
        paint = Paint(stream=sys.stderr)
        own, others = failed.split(study.instances())
        kinds = failed.groups(study, own)
        shown = kinds[:_FAILURES_SHOWN]
        head = f"{len(own)} failed"
        if others:
            head += f", {len(others)} blocked"
        warn(paint(f"{head}; {counts.get('FINISHED', 0)} of {study.total} finished.", "bold red"))
        for kind in shown:
            for line in failed.of_group(
                study,
                kind,
                paint=paint,
                unicode=unicode_ok(sys.stderr),
                width=width(sys.stderr),
            ):
                warn(line)
        warn("")
        if len(kinds) > len(shown):
            warn(f"All of them: maestro status --failed {shell_word(shorter(root))}")
        warn(f"Once the cause is gone: maestro resume {shell_word(shorter(root))}")
    elif code == EXIT_CANCELLED:
        warn(f"Cancelled: {counts.get('FINISHED', 0)} of {study.total} steps had finished.")
        warn(f"Go on with: maestro resume {shell_word(shorter(root))}")
    else:
        warn(f"Stopped: {counts.get('FINISHED', 0)} of {study.total} steps have finished.")
        if how.started or how.waiting:
            jobs = how.started + how.waiting
            what = "1 job goes" if jobs == 1 else f"{jobs} jobs go"
            warn(f"{what} on; nothing more is submitted until the study is resumed.")
            warn(f"Stop them: maestro cancel {shell_word(shorter(root))}")
        warn(f"Go on with: maestro resume {shell_word(shorter(root))}")


def _warn_of_trouble(root: Path) -> None:
    """Tell what a conductor that has just started found wrong."""
    who = last_holder(root)
    if who is not None and who.paused:
        warn(
            f"maestro: the study stands still: {clean(who.paused)}\n"
            f"  It goes on by itself once that is resolved: maestro status {shell_word(shorter(root))}"
        )
    elif who is not None and who.trouble:
        warn(
            f"maestro: its scheduler cannot be reached: {clean(who.trouble)}\n"
            f"  What becomes of it: maestro status {shell_word(shorter(root))}"
        )
