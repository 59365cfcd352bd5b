"""``maestro cancel``: stop studies, or parts of them."""

from __future__ import annotations

import argparse
import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from maestro_cli.errors import EXIT_OK, UsageError
from maestro_cli.ui.console import say
from maestro_cli.ui.parser import add_directories, add_json
from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.step_options import add_selection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from maestro_cli.study.selection import Selection
    from maestro_cli.study.workspace_view import StudyView
    from maestro_cli.ui.parser import Commands

_EPILOG = """\
examples:
  maestro cancel OUT            asks first
  maestro cancel -y run_*/      several, without a question
  maestro cancel OUT --step simulate 'post*'
                                these steps, and what waits for them; the rest goes on
  maestro cancel OUT --where 'TEMP=300,PRESSURE>2'

What was cancelled can be continued: maestro resume OUT
"""

#: Seconds that we wait to see the jobs end.
_PATIENCE = 2.0


class CancelOptions(NamedTuple):
    """Which studies are cancelled (folders and patterns), and whether that is asked.

    An empty selection means the whole of each.
    """

    directories: Sequence[str]
    selection: Selection
    ask: bool
    as_json: bool


class CancelRecord(TypedDict):
    """What ``--json`` prints of each study; see docs/commands.md."""

    path: str
    study: str
    cancelled: bool
    message: str


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "cancel",
        help="stop all jobs of studies, or of some steps",
        description="Stops all queued and running jobs of each study, or those of the steps that are"
        " chosen: then what waits for them is cancelled, too, and the rest of the study goes on.",
        epilog=_EPILOG,
    )
    add_directories(parser)
    add_selection(parser, default="all", many_studies=True)
    parser.add_argument("-y", "--autoyes", action="store_true", help="do not ask")
    add_json(parser, "print what was cancelled, and errors, as JSON; needs -y")


def read_args(args: argparse.Namespace) -> CancelOptions:
    """Read what the command line says.

    Raises:
        UsageError: A question would have to be asked amid JSON, or a condition is none.
    """
    from maestro_cli.study.selection import read_selection

    if args.json and not args.autoyes:
        raise UsageError("--json cannot ask", hint="add -y")
    selection = read_selection(args.step, args.where)
    return CancelOptions(args.directory, selection, ask=not args.autoyes, as_json=args.json)


def run(options: CancelOptions) -> int:
    """Ask, and make the requests."""
    from maestro_cli.launch.cancelling import is_open
    from maestro_cli.study.folders import expand, require_study
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.ui.failures import attempt
    from maestro_cli.ui.prompt import agreed

    if options.selection:
        return _cancel_parts(options)
    as_json = options.as_json
    live: list[StudyView] = []

    def look(folder: Path) -> int:
        study = open_study(require_study(folder, verb="cancel"))
        if not is_open(study):
            return _report(study, _nothing(study), cancelled=False, as_json=as_json)
        live.append(study)
        if not as_json:
            say(f"{clean(folder)}: {_standing(study)}")
        return EXIT_OK

    def cancel(study: StudyView) -> int:
        return _report(study, _cancel(study), cancelled=True, as_json=as_json)

    folders = expand(options.directories)
    codes = [attempt(partial(look, folder), as_json=as_json) for folder in folders]
    if live and options.ask:
        question = "this study" if len(live) == 1 else f"these {len(live)} studies"
        if not agreed(f"Cancel {question}?"):
            say("nothing was cancelled")
            return max(codes)
    codes += [attempt(partial(cancel, study), as_json=as_json) for study in live]
    return max(codes)


def _cancel_parts(options: CancelOptions) -> int:
    """Ask, and make the requests for parts of studies."""
    from maestro_cli.study import part_requests
    from maestro_cli.study.folders import expand, require_study
    from maestro_cli.study.instances import STARTED_STATES
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.ui.failures import attempt
    from maestro_cli.ui.prompt import agreed

    as_json, selection = options.as_json, options.selection
    chosen: list[StudyView] = []

    def look(folder: Path) -> int:
        study = open_study(require_study(folder, verb="cancel"))
        found = part_requests.concerned(study, "cancel", selection)
        if not found:
            return cancel(study)  # it says why there is nothing to ask about
        started = sum(each.state in STARTED_STATES for each in found)
        chosen.append(study)
        if options.ask:
            say(f"{clean(folder)}: {_steps(len(found))} of {study.total}, {started} started")
        return EXIT_OK

    def cancel(study: StudyView) -> int:
        part_requests.report(part_requests.ask_for(study, "cancel", selection), as_json=as_json)
        return EXIT_OK

    folders = expand(options.directories)
    codes = [attempt(partial(look, folder), as_json=as_json) for folder in folders]
    question = f"Cancel {clean(selection)}, and what waits for that?"
    if chosen and options.ask and not agreed(question):
        say("nothing was cancelled")
        return max(codes)
    codes += [attempt(partial(cancel, study), as_json=as_json) for study in chosen]
    return max(codes)


def _standing(study: StudyView) -> str:
    from maestro_cli.study.instances import STARTED_STATES

    counts = study.counts()
    started = sum(counts.get(word, 0) for word in STARTED_STATES)
    return (
        f"{study.state}, {counts.get('FINISHED', 0)} of {study.total} steps finished,"
        f" {started} started"
    )


def _nothing(study: StudyView) -> str:
    if study.state == "STAGED":
        return "was never started: there is nothing to cancel"
    return f"is {study.state} already: there is nothing to cancel"


def _cancel(study: StudyView) -> str:
    """Make the request, and return what came of it."""
    from maestro_cli.launch.cancelling import cancel
    from maestro_cli.study.workspace_view import open_study

    open_steps = study.known.unfinished()
    if not cancel(study):
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


def _report(study: StudyView, text: str, *, cancelled: bool, as_json: bool) -> int:
    if as_json:
        import json

        record: CancelRecord = {
            "path": str(study.root),
            "study": study.name,
            "cancelled": cancelled,
            "message": text,
        }
        say(json.dumps(record))
    else:
        say(f"{clean(study.root)} {text}")
    return EXIT_OK
