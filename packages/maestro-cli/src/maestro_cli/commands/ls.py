"""``maestro ls``: the studies below a folder."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from maestro_cli.errors import EXIT_OK
from maestro_cli.ui.parser import add_json, path, whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from maestro_cli.ui.parser import Commands
    from maestro_cli.views.study_list import StudyRow

_EPILOG = """\
examples:
  maestro ls                      the studies below the current folder, the newest first
  maestro ls /scratch/me -d 5     five folders deep
  maestro ls --json | jq -r 'select(.state == "FAILED").path'
"""


class LsOptions(NamedTuple):
    """Where studies are looked for, and how deep."""

    folders: Sequence[str]
    depth: int
    as_json: bool


class LsRecord(TypedDict):
    """What ``--json`` prints of each study; see docs/commands.md."""

    path: str
    state: str
    created: float
    instances: int
    counts: dict[str, int]
    problem: str | None


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "ls",
        help="list the studies below a folder",
        description="Lists the studies below folders, the newest first: state, age, number of"
        " instances, and how many of them are in which state. Links are not followed, and hidden"
        " folders are left out.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "folders",
        nargs="*",
        type=path,
        default=[],
        metavar="DIR",
        help="where to look (default: the current folder)",
    )
    parser.add_argument(
        "-d",
        "--depth",
        type=whole(1),
        default=3,
        metavar="N",
        help="how many folders deep (default: 3)",
    )
    add_json(parser, "one JSON object per study and line; also errors")


def read_args(args: argparse.Namespace) -> LsOptions:
    """Read what the command line says."""
    return LsOptions(args.folders or ["."], args.depth, args.json)


def run(options: LsOptions) -> int:
    """List the studies.

    Raises:
        NotAStudyError: A folder does not exist.
    """
    import time

    from maestro_cli.errors import NotAStudyError
    from maestro_cli.study.find import find_studies
    from maestro_cli.study.folders import expand
    from maestro_cli.ui.console import say
    from maestro_cli.ui.pager import page
    from maestro_cli.ui.sanitize import clean
    from maestro_cli.ui.style import Paint, unicode_ok, width
    from maestro_cli.views import study_list

    roots: dict[Path, None] = {}
    for folder in expand(options.folders):
        if not folder.is_dir():
            raise NotAStudyError(f"{folder} is no folder", hint="give a folder to look into")
        roots.update(dict.fromkeys(find_studies(folder, depth=options.depth)))
    rows = sorted(map(_look, roots), key=lambda row: row.created, reverse=True)
    if options.as_json:
        for row in rows:
            _print_json(row)
    elif not rows:
        where = ", ".join(map(clean, options.folders))
        say(f"There is no study in {where}, {options.depth} folders deep.")
    else:
        now = time.time_ns() // 1_000_000
        found = study_list.lines(rows, now=now, width=width(), paint=Paint(), unicode=unicode_ok())
        page("".join(f"{line}\n" for line in found))
    return EXIT_OK


def _look(root: Path) -> StudyRow:
    """Read a study; one that cannot be read does not hide the others."""
    from maestro_cli.errors import CliError
    from maestro_cli.study.folders import require_study
    from maestro_cli.study.tally import tally
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.views.study_list import StudyRow
    from maestro_conductor.errors import ConductorError

    try:
        study = open_study(require_study(root, verb="list"))
    except (CliError, ConductorError, OSError) as error:
        return StudyRow(root, "DAMAGED", 0, 0, {}, str(error))
    counts = tally(study.known, range(study.total))
    return StudyRow(root, study.state, study.created, study.total, counts)


def _print_json(row: StudyRow) -> None:
    import json

    from maestro_cli.ui.console import say

    record: LsRecord = {
        "path": str(row.root),
        "state": row.state,
        "created": row.created / 1000,
        "instances": row.size,
        "counts": dict(row.counts),
        "problem": row.problem or None,
    }
    say(json.dumps(record))
