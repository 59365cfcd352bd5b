"""``maestro logs``: what steps, or the conductor, printed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from maestro_cli.errors import EXIT_OK
from maestro_cli.ui.parser import path, whole
from maestro_cli.ui.step_options import add_selection

if TYPE_CHECKING:
    from maestro_cli.study.selection import Selection
    from maestro_cli.ui.parser import Commands

_EPILOG = """\
examples:
  maestro logs OUT                  the conductor's log
  maestro logs OUT post collect     stdout and stderr of each instance of these steps
  maestro logs OUT --where SIZE=10  of each instance with this parameter
  maestro logs -f OUT post_SIZE.10  follow one until it ends
"""
#: Lines of each file that are shown when it is followed.
_FOLLOWED_LINES = 10


class LogsOptions(NamedTuple):
    """Whose output is shown, and how much of it.

    Attributes:
        directory: The study.
        selection: Of its instances; an empty one: the conductor's log.
        follow: Go on as more is printed.
        lines: The last of each file; None: all.
    """

    directory: str
    selection: Selection
    follow: bool
    lines: int | None


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "logs",
        help="show what steps printed",
        description="Shows the output of steps, or without STEP the log of the study.",
        epilog=_EPILOG,
    )
    parser.add_argument("directory", type=path, metavar="DIR", help="folder of a study")
    add_selection(parser, default="the conductor's log")
    parser.add_argument("-f", "--follow", action="store_true", help="go on as more is printed")
    parser.add_argument(
        "-n",
        "--lines",
        type=whole(0),
        metavar="N",
        help="only the last N lines of each file (default: all; with --follow: 10)",
    )


def read_args(args: argparse.Namespace) -> LogsOptions:
    """Read what the command line says.

    Raises:
        UsageError: A condition is none.
    """
    from maestro_cli.study.selection import read_selection

    lines = _FOLLOWED_LINES if args.lines is None and args.follow else args.lines
    selection = read_selection([*args.names, *args.step], args.where)
    return LogsOptions(args.directory, selection, args.follow, lines)


def run(options: LogsOptions) -> int:
    """Print the files, and what is added to them."""
    from maestro_cli.study.folders import expand_one, require_study
    from maestro_cli.study.log_follow import of_steps, of_study, show
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.ui.console import warn
    from maestro_cli.ui.sanitize import clean

    folder = expand_one(options.directory)
    study = open_study(require_study(folder, verb="show the logs of"))
    selection = options.selection
    source = of_steps(study, selection) if selection else of_study(study)
    if not show(source, lines=options.lines, follow=options.follow):
        who = clean(selection)
        warn(f"nothing has been printed so far by {who}; `maestro why` tells why")
    return EXIT_OK
