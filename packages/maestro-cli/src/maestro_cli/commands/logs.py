"""``maestro logs``: what steps, or the conductor, printed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from maestro_cli.errors import EXIT_OK
from maestro_cli.ui.parser import path, whole

if TYPE_CHECKING:
    from maestro_cli.ui.parser import Commands

_EPILOG = """\
examples:
  maestro logs OUT                  the conductor's log
  maestro logs OUT post             stdout and stderr of each instance of the step `post`
  maestro logs -f OUT post_SIZE.10  follow one until it ends
"""
#: Lines of each file that are shown when it is followed.
_FOLLOWED_LINES = 10


class LogsOptions(NamedTuple):
    """Whose output is shown, and how much of it.

    Attributes:
        directory: The study.
        step: A name or pattern of its steps; None: the conductor's log.
        follow: Go on as more is printed.
        lines: The last of each file; None: all.
    """

    directory: str
    step: str | None
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
    parser.add_argument("step", nargs="?", metavar="STEP", help="a step or an instance, * allowed")
    parser.add_argument("-f", "--follow", action="store_true", help="go on as more is printed")
    parser.add_argument(
        "-n",
        "--lines",
        type=whole(0),
        metavar="N",
        help="only the last N lines of each file (default: all; with --follow: 10)",
    )


def read_args(args: argparse.Namespace) -> LogsOptions:
    """Read what the command line says."""
    lines = _FOLLOWED_LINES if args.lines is None and args.follow else args.lines
    return LogsOptions(args.directory, args.step, args.follow, lines)


def run(options: LogsOptions) -> int:
    """Print the files, and what is added to them."""
    from maestro_cli.study.folders import expand_one, require_study
    from maestro_cli.study.log_follow import of_steps, of_study, show
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.ui.console import warn
    from maestro_cli.ui.sanitize import clean

    folder = expand_one(options.directory)
    study = open_study(require_study(folder, verb="show the logs of"))
    source = of_study(study) if options.step is None else of_steps(study, options.step)
    if not show(source, lines=options.lines, follow=options.follow):
        step = clean(options.step)
        warn(f"nothing has been printed so far by {step}; `maestro why` tells why")
    return EXIT_OK
