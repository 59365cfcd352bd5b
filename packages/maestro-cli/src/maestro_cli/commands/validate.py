"""``maestro validate``: check study files."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, NamedTuple

from maestro_cli.errors import EXIT_BAD, EXIT_OK
from maestro_cli.ui.parser import add_json, path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from maestro_cli.ui.parser import Commands
    from maestro_spec.loading import Reading

_EPILOG = """\
examples:
  maestro validate study.yaml
  maestro validate --strict studies/*.yaml   warnings count as errors
  maestro validate --json study.yaml         for editors and CI

`maestro-spec lint` has more options; `maestro-spec explain CODE` explains a code.
"""


class ValidateOptions(NamedTuple):
    """Which files are checked (``-``: stdin), and what counts as an error."""

    files: Sequence[str]
    strict: bool
    as_json: bool


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "validate",
        help="check a study file",
        description="Checks study files without running anything.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "file", nargs="+", type=path, metavar="STUDY.yaml", help="study files; -: stdin"
    )
    parser.add_argument("--strict", action="store_true", help="warnings count as errors")
    add_json(parser, "all problems as JSON")


def read_args(args: argparse.Namespace) -> ValidateOptions:
    """Read what the command line says."""
    return ValidateOptions(args.file, args.strict, args.json)


def run(options: ValidateOptions) -> int:
    """Print all problems, and return 1 if there is an error."""
    from maestro_cli.ui import failures
    from maestro_cli.ui.style import colour_ok
    from maestro_spec import Problem, SpecError, check
    from maestro_spec.reporting import render_text
    from maestro_spec.reporting.json import render_json
    from maestro_spec.reporting.text import render_summary

    found: list[Problem] = []
    code = EXIT_OK
    for name in options.files:
        try:
            reading = _read(name)
        except SpecError as error:
            found += error.problems
            if not options.as_json:
                failures.show(failures.explain(error))
            code = EXIT_BAD
            continue
        problems = list(reading.problems) if reading.study is None else check(reading.study)
        found += problems
        if not options.as_json:
            sys.stdout.write(render_text(problems, reading.document, colour=colour_ok()))
    if options.as_json:
        sys.stdout.write(render_json(found))
    else:
        sys.stdout.write(render_summary(found, len(options.files)))
    counted = {"error", "warning"} if options.strict else {"error"}
    return EXIT_BAD if any(each.severity in counted for each in found) else code


def _read(name: str) -> Reading:
    from pathlib import Path

    from maestro_spec.loading import read, read_text

    if name == "-":
        return read_text(sys.stdin.read(), "<stdin>", None, Path.cwd())
    return read(name)
