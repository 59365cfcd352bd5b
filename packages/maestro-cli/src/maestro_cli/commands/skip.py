"""``maestro skip``: count steps of a study as finished, without running them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from maestro_cli.errors import UsageError
from maestro_cli.ui.parser import add_json, path
from maestro_cli.ui.step_options import add_selection

if TYPE_CHECKING:
    from maestro_cli.study.selection import Selection
    from maestro_cli.ui.parser import Commands

_EPILOG = """\
examples:
  maestro skip OUT simulate_TEMP.300       one instance
  maestro skip OUT --where 'TEMP>900'      all steps with these parameters

Run them after all: maestro resume OUT STEP
"""


class SkipOptions(NamedTuple):
    """Of which study which instances are skipped."""

    directory: str
    selection: Selection
    as_json: bool


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "skip",
        help="count steps as finished, without running them",
        description="Counts steps as finished without running them, so that what waits for them goes on. A step that is queued or runs has to be cancelled first.",
        epilog=_EPILOG,
    )
    parser.add_argument("directory", type=path, metavar="DIR", help="folder of a study")
    add_selection(parser, default="")
    add_json(parser, "print what was skipped, and errors, as JSON")


def read_args(args: argparse.Namespace) -> SkipOptions:
    """Read what the command line says.

    Raises:
        UsageError: Nothing is chosen, or a condition is none.
    """
    from maestro_cli.study.selection import read_selection

    selection = read_selection([*args.names, *args.step], args.where)
    if not selection:
        raise UsageError(
            "skip needs to be told what to skip", hint="name a step or an instance, or give --where"
        )
    return SkipOptions(args.directory, selection, args.json)


def run(options: SkipOptions) -> int:
    """Make the request, and tell what came of it."""
    from maestro_cli.study.part_requests import run_part

    return run_part(options.directory, "skip", options.selection, as_json=options.as_json)
