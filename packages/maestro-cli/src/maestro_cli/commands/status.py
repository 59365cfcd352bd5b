"""``maestro status``: how far studies are."""

from __future__ import annotations

import argparse
from typing import Any

from maestro_cli.errors import UsageError
from maestro_cli.ui.parser import add_json, path, seconds

_EPILOG = """\
examples:
  maestro status OUT                    a table of all steps
  maestro status --summary OUT1 OUT2    one line per study
  maestro status --failed OUT           each failed step, with the end of its error log
  maestro status --watch OUT            live, until it ends or Ctrl-C
  maestro status --state FAILED,TIMEDOUT --step 'post*' OUT
  maestro status --json OUT | jq .counts

exit codes: 0 runs or finished, 1 no study or no conductor any more, 2 a step failed, 3 cancelled;
of several studies the highest
"""


def register(commands: Any) -> None:
    """Adds the command to the parser."""
    parser = commands.add_parser(
        "status",
        help="show how far studies are",
        description="Shows the state of every step of each study.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "directory",
        nargs="+",
        type=path,
        metavar="DIR",
        help="folder of a study; patterns are expanded",
    )
    look = parser.add_argument_group("how it looks")
    look.add_argument(
        "--layout",
        choices=("flat", "legacy", "narrow"),
        default="flat",
        help="flat: a table (default); legacy: a plain table; narrow: a block per step,"
        " with its parameters",
    )
    look.add_argument("--disable-theme", action="store_true", help="no colours")
    look.add_argument("--disable-pager", action="store_true", help="no pager for long output")
    form = parser.add_argument_group("what is shown").add_mutually_exclusive_group()
    form.add_argument("--summary", action="store_true", help="one line per study")
    form.add_argument(
        "--failed",
        action="store_true",
        help="each failed step with its exit code and the last lines of its error log",
    )
    form.add_argument("--watch", action="store_true", help="show progress live, until Ctrl-C")
    parser.add_argument(
        "--interval",
        type=seconds,
        default=1,
        metavar="SECONDS",
        help="with --watch: pause between two looks (default: 1)",
    )
    rows = parser.add_argument_group("which steps")
    rows.add_argument(
        "--state", action="append", default=[], metavar="STATE,…", help="only steps in these states"
    )
    rows.add_argument(
        "--step",
        action="append",
        default=[],
        metavar="GLOB",
        help="only steps whose name, or whose step's name, matches",
    )
    form_machine = parser.add_argument_group("for programs").add_mutually_exclusive_group()
    add_json(form_machine, "one JSON object per study and line; also errors")
    form_machine.add_argument("--csv", action="store_true", help="status.csv, with a study column")
    parser.set_defaults(command=command)


def command(args: argparse.Namespace) -> int:
    """Reads and shows the studies."""
    if args.watch and (args.json or args.csv):
        raise UsageError("--watch is for people", hint="leave out --json and --csv")
    if args.failed and args.csv:
        raise UsageError("--csv has no form of --failed", hint="use --json --failed")
    if args.summary and args.csv:
        raise UsageError("--csv has no form of --summary", hint="use --json --summary")
    from maestro_cli.views.status_report import show_status

    return show_status(args)
