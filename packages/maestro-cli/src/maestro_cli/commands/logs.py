"""``maestro logs``: what steps, or the conductor, printed."""

from __future__ import annotations

import argparse
from typing import Any

from maestro_cli.errors import EXIT_OK
from maestro_cli.ui.parser import path, whole

_EPILOG = """\
examples:
  maestro logs OUT                  the conductor's log
  maestro logs OUT post             stdout and stderr of each instance of the step `post`
  maestro logs -f OUT post_SIZE.10  follow one until it ends
"""


def register(commands: Any) -> None:
    """Adds the command to the parser."""
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
    parser.set_defaults(command=command)


def command(args: argparse.Namespace) -> int:
    """Prints the files, and what is added to them."""
    from maestro_cli.study import log_follow as log_files
    from maestro_cli.study.folders import expand_one, require_study
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.ui.console import warn
    from maestro_cli.ui.sanitize import clean

    folder = expand_one(args.directory)
    study = open_study(require_study(folder, verb="show the logs of"))
    number = args.lines if args.lines is not None else (10 if args.follow else None)
    source = (
        log_files.of_study(study) if args.step is None else log_files.of_steps(study, args.step)
    )
    if not log_files.show(source, lines=number, follow=args.follow):
        warn(f"nothing has been printed so far by {clean(args.step)}; `maestro why` tells why")
    return EXIT_OK
