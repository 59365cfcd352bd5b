"""``maestro cancel``: stop studies."""

from __future__ import annotations

import argparse
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from maestro_cli.errors import EXIT_OK, UsageError
from maestro_cli.ui.console import say
from maestro_cli.ui.parser import add_json, path
from maestro_cli.ui.prompt import agreed
from maestro_cli.ui.sanitize import clean

if TYPE_CHECKING:
    from pathlib import Path

    from maestro_cli.study.workspace_view import StudyView

_EPILOG = """\
examples:
  maestro cancel OUT            asks first
  maestro cancel -y run_*/      several, without a question

A cancelled study can be continued: maestro resume OUT
"""

#: Seconds that we wait to see the jobs end.
_PATIENCE = 2.0


def register(commands: Any) -> None:
    """Adds the command to the parser."""
    parser = commands.add_parser(
        "cancel",
        help="stop all jobs of studies",
        description="Stops all queued and running jobs of each study.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "directory",
        nargs="+",
        type=path,
        metavar="DIR",
        help="folder of a study; patterns are expanded",
    )
    parser.add_argument("-y", "--autoyes", action="store_true", help="do not ask")
    add_json(parser, "print what was cancelled, and errors, as JSON; needs -y")
    parser.set_defaults(command=command)


def command(args: argparse.Namespace) -> int:
    """Asks, and makes the requests."""
    from maestro_cli.study.folders import expand, require_study
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.ui.failures import attempt

    if args.json and not args.autoyes:
        raise UsageError("--json cannot ask", hint="add -y")
    live: list[StudyView] = []

    def look(folder: Path) -> int:
        study = open_study(require_study(folder, verb="cancel"))
        if study.state not in ("RUNNING", "DEAD", "STOPPED"):
            return _report(args, study, cancelled=False, text=_nothing(study))
        live.append(study)
        if not args.json:
            say(f"{clean(folder)}: {_standing(study)}")
        return EXIT_OK

    def cancel(study: StudyView) -> int:
        return _report(args, study, cancelled=True, text=_cancel(study))

    codes = [attempt(partial(look, folder), as_json=args.json) for folder in expand(args.directory)]
    if live and not args.autoyes:
        question = "this study" if len(live) == 1 else f"these {len(live)} studies"
        if not agreed(f"Cancel {question}?"):
            say("nothing was cancelled")
            return max(codes)
    codes += [attempt(partial(cancel, study), as_json=args.json) for study in live]
    return max(codes)


def _standing(study: StudyView) -> str:
    counts = study.counts()
    flight = sum(counts.get(word, 0) for word in ("RUNNING", "PENDING", "FINISHING", "UNKNOWN"))
    return (
        f"{study.state}, {counts.get('FINISHED', 0)} of {study.total} steps finished,"
        f" {flight} in flight"
    )


def _nothing(study: StudyView) -> str:
    if study.state == "STAGED":
        return "was never started: there is nothing to cancel"
    return f"is {study.state} already: there is nothing to cancel"


def _cancel(study: StudyView) -> str:
    """Makes the request, and says what came of it."""
    from maestro_cli.launch.detach import start_conductor
    from maestro_cli.study.requests import request_cancel, taken
    from maestro_cli.study.workspace_view import open_study

    open_steps = study.known.unfinished()
    request = request_cancel(study.root)
    if study.holder is None:
        # Jobs of a scheduler may still run: only a conductor knows and stops them.
        start_conductor(study.root, study.name)
    if not taken(request):
        return (
            "is asked to cancel; its conductor"
            f"{_where(study)} has not taken the request yet, and will when it wakes"
        )
    end = time.monotonic() + _PATIENCE
    while (after := open_study(study.root)).state == "RUNNING" and time.monotonic() < end:
        time.sleep(0.1)
    cancelled = after.counts().get("CANCELLED", 0)
    if after.state == "CANCELLED":
        return f"is cancelled: {_steps(cancelled)} of {study.total}"
    return f"is being cancelled: {_steps(open_steps)} of {study.total}; `maestro status` follows it"


def _steps(number: int) -> str:
    return f"{number} step{'' if number == 1 else 's'}"


def _where(study: StudyView) -> str:
    return f" ({study.holder.host}, process {study.holder.pid})" if study.holder else ""


def _report(args: argparse.Namespace, study: StudyView, *, cancelled: bool, text: str) -> int:
    if args.json:
        import json

        record = {"path": str(study.root), "study": study.name, "cancelled": cancelled}
        say(json.dumps({**record, "message": text}))
    else:
        say(f"{clean(study.root)} {text}")
    return EXIT_OK
