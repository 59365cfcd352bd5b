"""``maestro hold``: keep jobs of a study from being submitted."""

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
  maestro hold OUT                         submit nothing more, for now
  maestro hold OUT simulate 'post*'        only these steps
  maestro hold OUT --where 'TEMP=300,PRESSURE>2'

Let them go again: maestro release OUT
"""


class HoldOptions(NamedTuple):
    """Of which study which instances are held."""

    directory: str
    selection: Selection
    as_json: bool


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "hold",
        help="submit no more jobs, of a study or of some steps",
        description="Keeps the jobs of steps from being submitted until they are released. What runs goes on. Where no conductor runs, it takes effect when the study goes on.",
        epilog=_EPILOG,
    )
    parser.add_argument("directory", type=path, metavar="DIR", help="folder of a study")
    add_selection(parser, default="all")
    add_json(parser, "print what was held, and errors, as JSON")


def read_args(args: argparse.Namespace) -> HoldOptions:
    """Read what the command line says.

    Raises:
        UsageError: A condition is none.
    """
    from maestro_cli.study.selection import read_selection

    selection = read_selection([*args.names, *args.step], args.where)
    return HoldOptions(args.directory, selection, args.json)


def run(options: HoldOptions) -> int:
    """Make the request, and tell what came of it."""
    from maestro_cli.study.part_requests import run_part

    return run_part(options.directory, "hold", options.selection, as_json=options.as_json)
