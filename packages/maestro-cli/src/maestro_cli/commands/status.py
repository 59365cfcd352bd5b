"""``maestro status``: how far studies are."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from maestro_cli.errors import EXIT_OK, UsageError
from maestro_cli.ui.parser import add_directories, add_json, seconds
from maestro_cli.ui.step_options import add_selection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from maestro_cli.ui.parser import Commands
    from maestro_cli.views.status_page import Content, Form

_EPILOG = """\
examples:
  maestro status                        of the study in whose folder you are
  maestro status OUT                    how far it is; into a pipe: a table of all instances
  maestro status --all OUT              with all instances, not only those that fit the terminal
  maestro status --summary OUT1 OUT2    one line per study
  maestro status --failed OUT           each failed step, with the end of its error log
  maestro status --watch OUT            live, until it ends or Ctrl-C
  maestro status --history OUT          every request: when, by whom, what it did
  maestro status --state FAILED,TIMEDOUT --step 'post*' OUT
  maestro status --where 'TEMP=300,PRESSURE>2' OUT
  maestro status --json OUT | jq .counts

exit codes: 0 runs or finished, 1 no study or no conductor any more, 2 a step failed, 3 cancelled;
of several studies the highest
"""


class StatusOptions(NamedTuple):
    """What is to be shown, and how.

    Attributes:
        directories: Folders of studies, and patterns of such.
        form: In which form, and which instances.
        theme: Colours are allowed.
        pager: A pager is allowed.
        interval: Seconds between two looks, where studies are watched; None: they are not.
    """

    directories: Sequence[str]
    form: Form
    theme: bool
    pager: bool
    interval: int | float | None


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "status",
        help="show how far studies are",
        description="Shows the state of every step of each study.",
        epilog=_EPILOG,
    )
    add_directories(parser, optional=True)
    look = parser.add_argument_group("how it looks")
    look.add_argument(
        "--layout",
        choices=("flat", "legacy", "narrow"),
        help="a table with all instances. flat: with a frame (into a pipe: the default); legacy:"
        " a plain one; narrow: a block per step, with its parameters",
    )
    look.add_argument(
        "--all", action="store_true", help="on a terminal: all instances, not only those that fit"
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
    form.add_argument(
        "--history",
        action="store_true",
        help="every request that was taken in: when, by whom, what it did; starts, ends",
    )
    parser.add_argument(
        "--interval",
        type=seconds,
        default=1,
        metavar="SECONDS",
        help="with --watch: pause between two looks (default: 1)",
    )
    add_selection(parser, default="all", many_studies=True).add_argument(
        "--state", action="append", default=[], metavar="STATE,…", help="only steps in these states"
    )
    form_machine = parser.add_argument_group("for programs").add_mutually_exclusive_group()
    add_json(form_machine, "one JSON object per study and line; also errors")
    form_machine.add_argument("--csv", action="store_true", help="status.csv, with a study column")


def read_args(args: argparse.Namespace) -> StatusOptions:
    """Read what the command line says.

    Raises:
        UsageError: Options exclude each other, or there is no such state.
    """
    if args.watch and (args.json or args.csv):
        raise UsageError("--watch is for people", hint="leave out --json and --csv")
    if args.failed and args.csv:
        raise UsageError("--csv has no form of --failed", hint="use --json --failed")
    if args.summary and args.csv:
        raise UsageError("--csv has no form of --summary", hint="use --json --summary")
    if args.history and args.csv:
        raise UsageError("--csv has no form of --history", hint="use --json --history")
    import sys

    from maestro_cli.study.selection import read_selection
    from maestro_cli.ui.console import is_terminal
    from maestro_cli.views.status_page import Form

    content: Content = "all"
    if args.summary:
        content = "summary"
    elif args.failed:
        content = "failed"
    elif args.history:
        content = "history"

    return StatusOptions(
        directories=args.directory,
        form=Form(
            encoding="json" if args.json else "csv" if args.csv else "text",
            content=content,
            layout=args.layout or ("flat" if not is_terminal(sys.stdout) else None),
            room=_room(max(1, len(args.directory))) if not args.all else None,
            states=wanted_states(args.state),
            selection=read_selection(args.step, args.where),
        ),
        theme=not args.disable_theme,
        pager=not args.disable_pager,
        interval=args.interval if args.watch else None,
    )


def _room(studies: int) -> int | None:
    """Return how many lines of the terminal each study may take."""
    from maestro_cli.ui.style import height

    lines = height()
    return None if lines is None else lines // studies


def wanted_states(given: Sequence[str]) -> frozenset[str]:
    """Read the states of ``--state``, several of which may stand in one word.

    Raises:
        UsageError: There is no such state.
    """
    from maestro_conductor.model.states import NAMES

    wanted = {word.strip().upper() for text in given for word in text.split(",") if word.strip()}
    unknown = sorted(wanted - set(NAMES))
    if unknown:
        raise UsageError(
            f"there is no state {', '.join(unknown)}", hint=f"states are {', '.join(NAMES)}"
        )
    return frozenset(wanted)


def run(options: StatusOptions) -> int:
    """Show all studies, and return the highest of their exit codes."""
    from maestro_cli.study.folders import expand, here, require_study
    from maestro_cli.ui.style import Paint

    folders = expand(options.directories) if options.directories else [here()]
    paint = Paint(on=None if options.theme else False)
    if options.interval is not None:
        from maestro_cli.views.watch import watch

        studies = [require_study(folder, verb="watch") for folder in folders]
        return watch(studies, interval=options.interval, paint=paint)

    import gc
    from functools import partial

    from maestro_cli.ui.failures import attempt
    from maestro_cli.ui.pager import page
    from maestro_cli.views import status_page

    form = options.form
    pages: list[str] = []

    def look(folder: Path) -> int:
        upstream = status_page.of_upstream(folder, form, paint=paint, first=not pages)
        if upstream is not None:
            pages.append(upstream)
            return EXIT_OK
        from maestro_cli.study.workspace_view import open_study

        study = open_study(require_study(folder, verb="show"))
        pages.append(status_page.of_study(study, form, paint=paint, first=not pages))
        return study.exit_code

    # This process builds what it shows, and ends: collecting cycles would be a quarter of its time.
    gc.disable()
    try:
        as_json = form.encoding == "json"
        codes = [attempt(partial(look, folder), as_json=as_json) for folder in folders]
    finally:
        gc.freeze()
        gc.enable()
    separator = "\n" if form.encoding == "text" and form.content != "summary" else ""
    page(separator.join(pages), pager=options.pager and form.encoding == "text")
    return max(codes)
