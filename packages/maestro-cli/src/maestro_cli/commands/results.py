"""``maestro results``: what the steps of a study yielded, as one table."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from maestro_cli.errors import EXIT_OK, UsageError
from maestro_cli.ui.parser import path
from maestro_cli.ui.step_options import add_selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from maestro_cli.results.table import Table
    from maestro_cli.study.selection import Selection
    from maestro_cli.ui.parser import Commands

_EPILOG = """\
examples:
  maestro results OUT                          a table of all that the steps say they yield
  maestro results OUT simulate -o runs.csv     of one step, as CSV
  maestro results OUT --where 'SIZE>5' --state FINISHED
  maestro results OUT -o runs.parquet          for pandas, polars, DuckDB; needs pyarrow
  maestro results OUT --rows -o steps.sqlite   each row of a file that has several
  maestro results OUT --format json | jq '.rows[].energy'

a step says what it yields in the study file:
  run:
      cmd: ./simulate $(SIZE) > run.log
      results:
          - file: out.json
            keys: [energy, steps]
          - file: run.log
            pattern: 'residual = (?P<residual>\\S+)'
"""
_FORMATS = ("table", "csv", "json", "parquet", "sqlite")
_ENDINGS = {
    ".csv": "csv",
    ".json": "json",
    ".parquet": "parquet",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
    ".txt": "table",
}


class ResultsOptions(NamedTuple):
    """Which results are shown, and in which form.

    Attributes:
        directory: The study.
        selection: Of its instances; an empty one: those of all steps that say what they yield.
        states: Only those in one of these; none: all.
        format: One of `_FORMATS`.
        output: The file; None: stdout.
        all_rows: A row for each one of a file that has several.
    """

    directory: str
    selection: Selection
    states: frozenset[str]
    format: str
    output: str | None
    all_rows: bool


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "results",
        help="show what steps yielded, as one table",
        description="Collects the results that steps say they yield: one row for each instance,"
        " with its parameters, state, run time and exit code. What is missing is empty, and counted.",
        epilog=_EPILOG,
    )
    parser.add_argument("directory", type=path, metavar="DIR", help="folder of a study")
    add_selection(parser, default="all that say what they yield").add_argument(
        "--state", action="append", default=[], metavar="STATE,…", help="only steps in these states"
    )
    form = parser.add_argument_group("how it is written")
    form.add_argument(
        "--format",
        choices=_FORMATS,
        help="default: by the end of FILE's name, else table",
    )
    form.add_argument(
        "-o", "--out", type=path, metavar="FILE", help="write to FILE, which is replaced"
    )
    form.add_argument(
        "--rows",
        action="store_true",
        help="where a result has `rows: all`, a row for each one of its file, not of the last alone",
    )


def read_args(args: argparse.Namespace) -> ResultsOptions:
    """Read what the command line says.

    Raises:
        UsageError: A condition or a state is none, or a form needs a file.
    """
    from maestro_cli.commands.status import wanted_states
    from maestro_cli.study.selection import read_selection

    form = args.format
    if form is None:
        form = _ENDINGS.get(Path(args.out).suffix.lower(), "") if args.out else "table"
        if not form:
            raise UsageError(
                f"{args.out}: its name does not say in which format it is to be",
                hint=f"add --format, or end it in {', '.join(_ENDINGS)}",
            )
    if form in ("parquet", "sqlite") and not args.out:
        raise UsageError(f"--format {form} is no text", hint=f"add -o FILE.{form}")
    return ResultsOptions(
        directory=args.directory,
        selection=read_selection([*args.names, *args.step], args.where),
        states=wanted_states(args.state),
        format=form,
        output=args.out,
        all_rows=args.rows,
    )


def run(options: ResultsOptions) -> int:
    """Collect the results, and write them."""
    from maestro_cli.results.table import collect
    from maestro_cli.results.writers import as_text
    from maestro_cli.study.folders import expand_one, require_study
    from maestro_cli.study.selection import choose
    from maestro_cli.study.workspace_view import open_study
    from maestro_cli.ui.console import warn

    if options.format == "parquet":
        from maestro_cli.results.writers.as_parquet import require

        require()
    folder = expand_one(options.directory)
    study = open_study(require_study(folder, verb="show the results of"))
    selection = options.selection
    chosen = choose(study, selection) if selection else None
    where = [str(selection)] if selection else []
    where += [f"state {','.join(sorted(options.states))}"] if options.states else []
    with collect(
        study, chosen, states=options.states, all_rows=options.all_rows, where=" ".join(where)
    ) as table:
        if options.output is None:
            _print(table, options.format)
        else:
            _save(table, options.format, options.output)
        for note in as_text.notes(table):
            warn(note)
        if options.all_rows and not table.several:
            warn("no result that is shown says `rows: all`, so --rows changes nothing")
    return EXIT_OK


def _print(table: Table, form: str) -> None:
    from maestro_cli.results.writers import as_csv, as_json, as_text
    from maestro_cli.ui.console import is_terminal
    from maestro_cli.ui.pager import page
    from maestro_cli.ui.style import width

    if form == "csv":
        as_csv.write(table, sys.stdout, harmless=is_terminal(sys.stdout))
    elif form == "json":
        as_json.write(table, sys.stdout)
    elif is_terminal(sys.stdout):
        page("".join(f"{line}\n" for line in as_text.lines(table, width=width())))
    else:
        for line in as_text.lines(table, width=None):
            sys.stdout.write(f"{line}\n")


def _save(table: Table, form: str, output: str) -> None:
    from maestro_cli.ui.console import say
    from maestro_cli.ui.output_file import replaced
    from maestro_cli.ui.sanitize import clean

    with replaced(Path(output)) as file:
        _writer(form)(table, file)
    rows = "1 row" if len(table) == 1 else f"{len(table)} rows"
    say(f"{clean(output)}: {rows}, {len(table.columns)} columns")


def _writer(form: str) -> Callable[[Table, Path], None]:
    from maestro_cli.results.writers import as_csv, as_json, as_parquet, as_sqlite, as_text

    if form == "parquet":
        return as_parquet.write
    if form == "sqlite":
        return as_sqlite.write

    def write(table: Table, file: Path) -> None:
        with file.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            if form == "csv":
                as_csv.write(table, stream)
            elif form == "json":
                as_json.write(table, stream)
            else:
                for line in as_text.lines(table, width=None):
                    stream.write(f"{line}\n")

    return write
