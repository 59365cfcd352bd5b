"""``maestro resume``: run steps of a study again, or start one that was only staged."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from maestro_cli.errors import EXIT_OK, UsageError
from maestro_cli.ui.console import say, warn
from maestro_cli.ui.parser import add_json, add_on_end, path, seconds, whole
from maestro_cli.ui.sanitize import clean, shell_word
from maestro_cli.ui.step_options import add_selection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from maestro_cli.launch.resuming import Resumed
    from maestro_cli.launch.start import StartOptions
    from maestro_cli.study.requests import Limits
    from maestro_cli.study.selection import Selection
    from maestro_cli.study.workspace_view import StudyView
    from maestro_cli.ui.parser import Commands

_EPILOG = """\
examples:
  maestro resume OUT                     go on after a crash; start a study that was only staged;
                                         run what failed, timed out or was cancelled again
  maestro resume OUT plot fit_x          these steps and what depends on them
  maestro resume OUT --where 'TEMP>300'  what failed among the instances with such parameters
  maestro resume OUT --failed --rlimit 5 what failed, with more restarts than before

Steps that have finished are kept, unless they are named. Earlier logs are kept.
What is held stays so: maestro release OUT
"""


class ResumeOptions(NamedTuple):
    """What is run again, and how.

    Attributes:
        directory: The study.
        selection: Of its instances; an empty one: all that failed, timed out or were cancelled.
        limits: New limits.
        start: How it is started, where no conductor is alive.
        as_json: Print JSON.
    """

    directory: str
    selection: Selection
    limits: Limits
    start: StartOptions
    as_json: bool


class ResumeRecord(TypedDict):
    """What ``--json`` prints; see docs/commands.md."""

    path: str
    study: str
    again: list[str]
    edited: str | None
    message: str


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "resume",
        help="go on with a study, or run failed steps again",
        description="Goes on with a study in its own folder.",
        epilog=_EPILOG,
    )
    parser.add_argument("directory", type=path, metavar="DIR", help="folder of a study")
    add_selection(parser, default="those of --failed").add_argument(
        "--failed",
        action="store_true",
        help="all that failed, timed out or were cancelled (default)",
    )
    how = parser.add_argument_group("how it runs")
    how.add_argument(
        "-fg", action="store_true", help="stay in the foreground until the study has ended"
    )
    how.add_argument(
        "--throttle", type=whole(0), metavar="N", help="most jobs submitted at once; 0: no limit"
    )
    how.add_argument("--rlimit", type=whole(0), metavar="N", help="most restarts; 0: no limit")
    how.add_argument(
        "--sleep", type=seconds, metavar="SECONDS", help="longest pause between two questions"
    )
    how.add_argument(
        "--take-over",
        action="store_true",
        help="take the study from a conductor on another host that has not been heard of for long",
    )
    add_on_end(how)
    add_json(parser, "print what is resumed, and errors, as JSON")


def read_args(args: argparse.Namespace) -> ResumeOptions:
    """Read what the command line says.

    Raises:
        UsageError: A condition is none, or --failed stands beside names.
    """
    from maestro_cli.launch.start import StartOptions
    from maestro_cli.study.requests import Limits
    from maestro_cli.study.selection import read_selection

    selection = read_selection([*args.names, *args.step], args.where)
    if args.failed and selection.names:
        raise UsageError(
            "--failed means all that failed, so no step can be named", hint="leave out --failed"
        )
    return ResumeOptions(
        directory=args.directory,
        selection=selection,
        limits=Limits(args.throttle, args.rlimit, args.sleep),
        start=StartOptions(
            foreground=args.fg,
            log_level=args.debug_lvl,
            logpath=args.logpath,
            talkative=args.logstdout and not args.json,
            take_over=args.take_over,
            on_end=args.on_end,
        ),
        as_json=args.json,
    )


def run(options: ResumeOptions) -> int:
    """Make the request, and start a conductor where none is alive."""
    from maestro_cli.launch.resuming import again, resume
    from maestro_cli.launch.start import check_log
    from maestro_cli.study.folders import expand_one, require_study
    from maestro_cli.study.study_file import edited_study_file
    from maestro_cli.study.workspace_view import open_study

    check_log(options.start)
    folder = expand_one(options.directory)
    study = open_study(require_study(folder, verb="resume"))
    names = again(study, options.selection)
    edited = edited_study_file(study.root)
    if edited is not None and not options.as_json:
        _tell_of_edited(study.root, edited)
    done = resume(study, names, options.selection, options.limits, options.start)
    if done.exit_code is None:
        return _report(options, study, names, edited, _told(study, done, names, options))
    if not options.as_json:
        from maestro_cli.launch.report import report_end

        report_end(study.root, done.exit_code)
    return done.exit_code


def _told(study: StudyView, done: Resumed, again: Sequence[str], options: ResumeOptions) -> str:
    if done.effect == "nothing":
        told = f"is {study.state}: there is nothing to resume"
        if options.limits:
            told += f"; new limits for it: maestro update {shell_word(study.root)}"
        if options.start.on_end is not None and study.state == "RUNNING":
            told += "; its end will be told"
        return told
    if done.effect == "asked":
        return "is asked to go on; its conductor has not taken that yet"
    begun = {"goes on": "goes on", "started": "is started", "resumed": "is resumed"}[done.effect]
    return f"{begun}{_number(again)}; `maestro status` follows it"


def _number(again: Sequence[str]) -> str:
    if not again:
        return ""
    return f": {len(again)} step{'' if len(again) == 1 else 's'} will run again"


def _tell_of_edited(root: Path, edited: Path) -> None:
    other = "" if edited.parent == root else f" {shell_word(edited)}"
    warn(
        f"note: {clean(edited)} differs from what runs; to apply it: "
        f"maestro amend {shell_word(root)}{other}"
    )


def _report(
    options: ResumeOptions, study: StudyView, again: list[str], edited: Path | None, text: str
) -> int:
    if options.as_json:
        import json

        record: ResumeRecord = {
            "path": str(study.root),
            "study": study.name,
            "again": again,
            "edited": None if edited is None else str(edited),
            "message": text,
        }
        say(json.dumps(record))
    else:
        say(f"{clean(study.root)} {clean(text)}")
    return EXIT_OK
