"""``maestro clean``: delete what of a study nobody needs any more."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from maestro_cli.errors import EXIT_BAD, EXIT_OK, StudyError, UsageError
from maestro_cli.ui.console import say, warn
from maestro_cli.ui.parser import add_json, path
from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.step_options import add_selection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from maestro_cli.study.selection import Selection
    from maestro_cli.study.workspace_view import StudyView
    from maestro_cli.ui.parser import Commands
    from maestro_cli.upkeep.cleaning import Plan, Wishes

_EPILOG = """\
examples:
  maestro clean OUT                        scratch: shows what would be freed, and asks
  maestro clean OUT --logs                 what steps printed
  maestro clean OUT --step mesh            all that the instances of a step left, but their records
  maestro clean OUT --logs --step mesh     their logs alone
  maestro clean OUT --dry-run --logs       only shows

status, resume and amend work as before; what a step had computed is gone with --step.
"""

#: Files that a message names.
_NAMED = 3


class CleanOptions(NamedTuple):
    """Of which study what is deleted, and whether that is asked."""

    directory: str
    scratch: bool
    logs: bool
    selection: Selection
    ask: bool
    dry: bool
    as_json: bool


class CleanRecord(TypedDict):
    """What ``--json`` prints; see docs/commands.md."""

    path: str
    study: str
    deleted: bool
    files: int
    bytes: int
    groups: Mapping[str, int]
    refused: Mapping[str, str]


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "clean",
        help="delete what of a study nobody needs any more",
        description="Shows what would be freed, asks, and deletes it. What is needed to follow, resume and amend the study stays.",
        epilog=_EPILOG,
    )
    parser.add_argument("directory", type=path, metavar="DIR", help="folder of a study")
    what = parser.add_argument_group("what is deleted")
    what.add_argument(
        "--scratch",
        action="store_true",
        help="core dumps, and the files of instances that an amendment took out of the study"
        " (default)",
    )
    what.add_argument("--logs", action="store_true", help="what steps printed")
    add_selection(parser, default="", many_studies=True)
    how = parser.add_argument_group("questions").add_mutually_exclusive_group()
    how.add_argument("-y", "--autoyes", action="store_true", help="do not ask")
    how.add_argument("--dry-run", action="store_true", help="only show what would be freed")
    add_json(parser, "print what is deleted, and errors, as JSON; needs -y or --dry-run")


def read_args(args: argparse.Namespace) -> CleanOptions:
    """Read what the command line says.

    Raises:
        UsageError: A question would have to be asked amid JSON, a condition is none, or scratch of
            some steps is asked for.
    """
    from maestro_cli.study.selection import read_selection

    if args.json and not (args.autoyes or args.dry_run):
        raise UsageError("--json cannot ask", hint="add -y or --dry-run")
    selection = read_selection(args.step, args.where)
    if args.scratch and selection:
        raise UsageError("--scratch is of the whole study", hint="leave out --step and --where")
    return CleanOptions(
        directory=args.directory,
        scratch=args.scratch or not (args.logs or selection),
        logs=args.logs,
        selection=selection,
        ask=not args.autoyes,
        dry=args.dry_run,
        as_json=args.json,
    )


def run(options: CleanOptions) -> int:
    """Show what would be freed, ask, and delete it."""
    from maestro_cli.study.folders import expand_one, require_study
    from maestro_cli.study.group_access import ask_owner
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.ui.prompt import agreed
    from maestro_cli.upkeep.cleaning import delete, plan
    from maestro_cli.upkeep.quiet import moment
    from maestro_cli.views.sizes import in_bytes

    root = require_study(expand_one(options.directory), verb="clean")
    seen = moment(root)
    study = open_study(root)
    if not os.access(study.root / ".maestro", os.W_OK):
        raise StudyError(f"you may not clean {study.root}", hint=ask_owner(study.root))
    planned = plan(study, _wishes(options, study))
    if not options.as_json:
        _show(study, planned, options)
    refused: Mapping[str, str] = {}
    question = f"Delete {_files(planned.files)}, {in_bytes(planned.size)}?"
    wanted = planned.files > 0 and not options.dry
    deleted = wanted and (not options.ask or agreed(question))
    if deleted:
        refused = dict(delete(study, planned, seen))
    if options.as_json:
        _print_json(study, planned, refused, deleted=deleted)
    elif deleted:
        say(f"{_files(planned.files - len(refused))} deleted")
    elif wanted:
        say("nothing was deleted")
    if refused and not options.as_json:
        first = ", ".join(
            f"{clean(name)} ({clean(refused[name])})" for name in list(refused)[:_NAMED]
        )
        warn(f"{_files(len(refused))} could not be deleted: {first}")
    return EXIT_BAD if refused else EXIT_OK


def _wishes(options: CleanOptions, study: StudyView) -> Wishes:
    from maestro_cli.study.selection import choose
    from maestro_cli.upkeep.cleaning import Wishes

    chosen = None
    if options.selection:
        chosen = list(choose(study, options.selection))
    return Wishes(
        scratch=options.scratch,
        logs=options.logs,
        instances=chosen,
        whole=chosen is not None and not options.logs,
    )


def _show(study: StudyView, planned: Plan, options: CleanOptions) -> None:
    from maestro_cli.views.sizes import in_bytes

    if not planned.files:
        more = (
            ""
            if not options.scratch or options.logs
            else "; --logs and --step say what else may go"
        )
        say(f"{clean(study.root)}: there is nothing to delete{more}")
        return
    say(f"{clean(study.root)}: {in_bytes(planned.size)} would be freed")
    for what, group in planned.groups.items():
        say(f"  {in_bytes(group.size):>8}  {_files(len(group.files))}: {clean(what)}")
        shown = ", ".join(clean(name) for name in group.files[:_NAMED])
        say(f"            {shown}{', …' if len(group.files) > _NAMED else ''}")
    if options.selection and not options.logs and (left := study.known.unfinished()):
        steps = "step has" if left == 1 else "steps have"
        say(f"  {left} {steps} not ended, and may read what is deleted")
    if planned.unreadable:
        warn(
            f"note: {len(planned.unreadable)} folders may not be looked into, and stay as they are"
        )


def _files(number: int) -> str:
    return f"{number} file{'' if number == 1 else 's'}"


def _print_json(
    study: StudyView, planned: Plan, refused: Mapping[str, str], *, deleted: bool
) -> None:
    import json

    record: CleanRecord = {
        "path": str(study.root),
        "study": study.name,
        "deleted": deleted,
        "files": planned.files,
        "bytes": planned.size,
        "groups": {what: len(group.files) for what, group in planned.groups.items()},
        "refused": refused,
    }
    say(json.dumps(record))
