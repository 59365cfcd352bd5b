"""``maestro resume``: run steps of a study again, or start one that was only staged."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any

from maestro_cli.errors import EXIT_OK, StudyError
from maestro_cli.ui.parser import add_json, path, seconds, whole
from maestro_cli.ui.terminal import clean, say, word

if TYPE_CHECKING:
    from pathlib import Path

    from maestro_cli.study.workspace_view import Study

_EPILOG = """\
examples:
  maestro resume OUT                     go on after a crash; start a study that was only staged;
                                         run what failed, timed out or was cancelled again
  maestro resume OUT --step plot fit_x   these steps and what depends on them
  maestro resume OUT --failed --rlimit 5 what failed, with more restarts than before

Steps that have finished are kept, unless --step names them. Earlier logs are kept.
"""


def register(commands: Any) -> None:
    """Adds the command to the parser."""
    parser = commands.add_parser(
        "resume",
        help="go on with a study, or run failed steps again",
        description="Goes on with a study in its own folder.",
        epilog=_EPILOG,
    )
    parser.add_argument("directory", type=path, metavar="DIR", help="folder of a study")
    which = parser.add_argument_group("which steps").add_mutually_exclusive_group()
    which.add_argument(
        "--failed",
        action="store_true",
        help="all that failed, timed out or were cancelled (default)",
    )
    which.add_argument(
        "--step",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="steps or single instances, * allowed; what depends on them comes along",
    )
    how = parser.add_argument_group("how it runs")
    how.add_argument(
        "-fg", action="store_true", help="stay in the foreground until the study has ended"
    )
    how.add_argument(
        "--throttle", type=whole(0), metavar="N", help="most jobs in flight; 0: no limit"
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
    add_json(parser, "print what is resumed, and errors, as JSON")
    parser.set_defaults(command=command)


def command(args: argparse.Namespace) -> int:
    """Makes the request, and starts a conductor where none is alive."""
    from maestro_cli.study.folders import absolute, expand_one, require_study
    from maestro_cli.study.group_access import ask_owner
    from maestro_cli.study.requests import Limits, request_resume
    from maestro_cli.study.workspace_view import open_study
    from maestro_conductor.observers.log_file import check_log_path

    if args.logpath:
        check_log_path(absolute(args.logpath))
    folder = expand_one(args.directory)
    study = open_study(require_study(folder, verb="resume"))
    again = _again(study, args.step)
    if study.holder is None and not os.access(study.root / ".maestro", os.W_OK):
        raise StudyError(f"you may not run {study.root}", hint=ask_owner(study.root))
    limits = Limits(args.throttle, args.rlimit, args.sleep)
    if not again and study.state in ("FINISHED", "RUNNING"):
        told = f"is {study.state}: there is nothing to resume"
        if limits:
            told += f"; new limits for it: maestro update {word(study.root)}"
        _report(args, study, again, told)
        return EXIT_OK
    cancelled = (study.root / ".cancel.lock").exists()
    if again or limits or cancelled:
        request = request_resume(study.root, args.step, limits)
        if study.holder is not None:
            return _hand_over(args, study, again, request)
    if args.fg:
        return _foreground(args, study)
    from maestro_cli.launch.detach import start_conductor

    start_conductor(
        study.root,
        study.name,
        debug_level=args.debug_lvl,
        logpath=args.logpath,
        more=["--take-over"] if args.take_over else [],
    )
    begun = "started" if study.state == "STAGED" else "resumed"
    _report(args, study, again, f"is {begun}{_number(again)}; `maestro status` follows it")
    return EXIT_OK


def _again(study: Study, names: list[str] | None) -> list[str]:
    """The names of what will run again, by the conductor's own rule.

    Raises:
        StudyError: A name fits nothing, or what it names cannot run.
    """
    from maestro_cli.study.workspace_view import choose
    from maestro_conductor.core.resume_selection import select

    for name in names or ():
        choose(study, name)
    try:
        return [study.graph.names[i] for i in select(study.graph, study.known, names)]
    except ValueError as error:
        raise StudyError(f"{study.root}: {error}") from error


def _hand_over(args: argparse.Namespace, study: Study, again: list[str], request: Path) -> int:
    from maestro_cli.study.requests import taken

    if taken(request):
        _report(args, study, again, f"goes on{_number(again)}; `maestro status` follows it")
    else:
        _report(args, study, again, "is asked to go on; its conductor has not taken that yet")
    return EXIT_OK


def _foreground(args: argparse.Namespace, study: Study) -> int:
    from maestro_cli.launch.foreground import conduct_here, report

    code = conduct_here(
        study.root,
        debug_level=args.debug_lvl,
        logpath=args.logpath,
        talkative=args.logstdout and not args.json,
        take_over=args.take_over,
    )
    if not args.json:
        report(study.root, code)
    return code


def _number(again: list[str]) -> str:
    if not again:
        return ""
    return f": {len(again)} step{'' if len(again) == 1 else 's'} will run again"


def _report(args: argparse.Namespace, study: Study, again: list[str], text: str) -> None:
    if args.json:
        import json

        say(
            json.dumps(
                {"path": str(study.root), "study": study.name, "again": again, "message": text}
            )
        )
    else:
        say(f"{clean(study.root)} {clean(text)}")
