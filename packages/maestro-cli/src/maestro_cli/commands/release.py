"""``maestro release``: let held jobs of a study be submitted."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from maestro_cli.ui.parser import add_json, path
from maestro_cli.ui.step_options import add_selection

if TYPE_CHECKING:
    from maestro_cli.study.selection import Selection
    from maestro_cli.ui.parser import Commands

_EPILOG = """\
examples:
  maestro release OUT                      all that is held
  maestro release OUT simulate             only this step
  maestro release OUT --where 'TEMP<=300'

What is held, and since when: maestro status OUT, maestro why OUT STEP
"""


class ReleaseOptions(NamedTuple):
    """Of which study which instances are released."""

    directory: str
    selection: Selection
    as_json: bool


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "release",
        help="let go what is held",
        description="Lets the jobs of steps that are held be submitted again.",
        epilog=_EPILOG,
    )
    parser.add_argument("directory", type=path, metavar="DIR", help="folder of a study")
    add_selection(parser, default="all")
    add_json(parser, "print what was released, and errors, as JSON")


def read_args(args: argparse.Namespace) -> ReleaseOptions:
    """Read what the command line says.

    Raises:
        UsageError: A condition is none.
    """
    from maestro_cli.study.selection import read_selection

    selection = read_selection([*args.names, *args.step], args.where)
    return ReleaseOptions(args.directory, selection, args.json)


def run(options: ReleaseOptions) -> int:
    """Make the request, and tell what came of it."""
    from maestro_cli.study.part_requests import run_part

    return run_part(options.directory, "release", options.selection, as_json=options.as_json)
