"""``maestro report``: a study as one page, with table, plots, timeline and failures."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from maestro_cli.errors import EXIT_OK
from maestro_cli.report import MOST_ROWS
from maestro_cli.ui.parser import path, seconds, whole

if TYPE_CHECKING:
    from pathlib import Path

    from maestro_cli.ui.parser import Commands

_EPILOG = """\
examples:
  maestro report OUT                        writes report.html here
  maestro report OUT -o page.html           a page of another name
  maestro report OUT --watch --interval 60  write it again each minute, until the study ends
"""


class ReportOptions(NamedTuple):
    """Of which study, where to, and how often.

    Attributes:
        directory: The study's folder.
        out: The file.
        rows: No more instances stand in its table.
        interval: Seconds until it is written again; None: it is written once.
    """

    directory: str
    out: str
    rows: int
    interval: int | float | None


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "report",
        help="write a study as one page: table, plots, timeline, failures",
        description="Writes one HTML page that loads nothing, for a browser, an archive or a mail.",
        epilog=_EPILOG,
    )
    parser.add_argument("directory", type=path, metavar="DIR", help="folder of a study")
    parser.add_argument(
        "-o",
        "--out",
        type=path,
        default="report.html",
        metavar="FILE",
        help="write FILE (default: report.html)",
    )
    parser.add_argument(
        "--rows",
        type=whole(1),
        default=MOST_ROWS,
        metavar="N",
        help=f"most instances in its table and plots (default: {MOST_ROWS}); the rest is counted",
    )
    parser.add_argument(
        "--watch", action="store_true", help="write it again and again while the study runs"
    )
    parser.add_argument(
        "--interval",
        type=seconds,
        default=30,
        metavar="SECONDS",
        help="with --watch: pause between two pages (default: 30)",
    )


def read_args(args: argparse.Namespace) -> ReportOptions:
    """Read what the command line says."""
    return ReportOptions(
        args.directory, args.out, args.rows, max(1, args.interval) if args.watch else None
    )


def run(options: ReportOptions) -> int:
    """Write the page; with ``--watch`` until the study no longer runs."""
    import time

    from maestro_cli.study.folders import expand_one, require_study

    root = require_study(expand_one(options.directory), verb="report")
    while _write(root, options) and options.interval is not None:
        time.sleep(options.interval)
    return EXIT_OK


def _write(root: Path, options: ReportOptions) -> bool:
    """Write the page, and return whether the study still runs."""
    import time

    from maestro_cli.report.gather import gather
    from maestro_cli.report.page import page
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.ui.console import say
    from maestro_cli.ui.output_file import write_output
    from maestro_cli.ui.sanitize import clean

    study = open_study(root)
    report = gather(study, now=time.time_ns() // 1_000_000, most_rows=options.rows)
    write_output(options.out, page(report))
    told = f"{clean(options.out)}: {report.total} instances, {report.state.lower()}"
    if report.size < report.total:
        told += f"; {report.size} of them in the table, all of them counted"
    say(told)
    return report.state == "RUNNING"
