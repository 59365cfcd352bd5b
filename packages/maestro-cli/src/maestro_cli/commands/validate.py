"""``maestro validate``: check study files."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from maestro_cli.errors import EXIT_BAD, EXIT_OK
from maestro_cli.ui.parser import add_json, path

_EPILOG = """\
examples:
  maestro validate study.yaml
  maestro validate --strict studies/*.yaml   warnings count as errors
  maestro validate --json study.yaml         for editors and CI

`maestro-spec lint` has more options; `maestro-spec explain CODE` explains a code.
"""


def register(commands: Any) -> None:
    """Adds the command to the parser."""
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
    parser.set_defaults(command=command)


def command(args: argparse.Namespace) -> int:
    """Prints all problems; gives 1 if there is an error."""
    from pathlib import Path

    from maestro_cli.ui import failures
    from maestro_cli.ui.style import colour_ok
    from maestro_spec import Problem, SpecError, check
    from maestro_spec.loading import read, read_text
    from maestro_spec.reporting import render_text
    from maestro_spec.reporting.json import render_json
    from maestro_spec.reporting.text import render_summary

    found: list[Problem] = []
    code = EXIT_OK
    for name in args.file:
        try:
            reading = (
                read_text(sys.stdin.read(), "<stdin>", None, Path.cwd())
                if name == "-"
                else read(name)
            )
        except SpecError as error:
            found += error.problems
            if not args.json:
                failures.show(failures.explain(error))
            code = EXIT_BAD
            continue
        problems = list(reading.problems) if reading.study is None else check(reading.study)
        found += problems
        if not args.json:
            sys.stdout.write(render_text(problems, reading.document, colour=colour_ok()))
    if args.json:
        sys.stdout.write(render_json(found))
    else:
        sys.stdout.write(render_summary(found, len(args.file)))
    counted = {"error", "warning"} if args.strict else {"error"}
    return EXIT_BAD if any(each.severity in counted for each in found) else code
