"""``maestro graph``: draw which steps wait for which."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Literal, NamedTuple

from maestro_cli.errors import EXIT_OK, StudyError, UsageError
from maestro_cli.graph_view import MOST_INSTANCES, MOST_STEPS
from maestro_cli.ui.parser import path, setting, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from maestro_cli.graph_view.forms import Form
    from maestro_cli.graph_view.picture import Picture
    from maestro_cli.study.outline import Outline
    from maestro_cli.ui.parser import Commands

_EPILOG = """\
examples:
  maestro graph study.yaml                      its steps, drawn in the terminal
  maestro graph OUT                             the same of a study's folder, with states
  maestro graph --instances --limit 30 OUT      single instances, 30 at most
  maestro graph --format svg -o graph.svg OUT   a picture for a browser or a document
  maestro graph --format mermaid study.yaml     for a wiki that draws Mermaid
  maestro graph --format dot OUT | dot -Tpdf -o graph.pdf
"""


class GraphOptions(NamedTuple):
    """What is drawn, and how.

    Attributes:
        source: A study file, or the folder of a study.
        form: In which form.
        what: Steps or instances.
        limit: So many at most.
        out: The file that is written; None: stdout.
        variables: Other values of ``env.variables``, of a study file.
        pgen: A generator file, of a study file.
        pargs: Its arguments.
    """

    source: str
    form: Form
    what: Literal["steps", "instances"]
    limit: int
    out: str | None
    variables: Mapping[str, str]
    pgen: str | None
    pargs: Mapping[str, str]


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    from maestro_cli.graph_view.forms import FORMS

    parser = commands.add_parser(
        "graph",
        help="draw which steps wait for which",
        description="Draws the graph of a study file, or of a study with the states of its steps."
        " Nothing is run; a generator file is, to know the parameters.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "source", type=path, metavar="STUDY.yaml|DIR", help="study file, or folder of a study"
    )
    parser.add_argument(
        "--format", choices=FORMS, default="text", help="form of the picture (default: text)"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--steps", action="store_true", help="draw steps (default)")
    what.add_argument("--instances", action="store_true", help="draw single instances")
    parser.add_argument(
        "--limit",
        type=whole(1),
        metavar="N",
        help=f"draw at most N; the rest is counted (default: {MOST_STEPS} steps, {MOST_INSTANCES} instances)",
    )
    parser.add_argument(
        "-o", "--out", type=path, metavar="FILE", help="write FILE (default: stdout)"
    )
    file = parser.add_argument_group("of a study file")
    file.add_argument(
        "--var",
        action="append",
        type=setting,
        default=[],
        metavar="NAME=VALUE",
        help="another value for a variable of env.variables",
    )
    file.add_argument("-p", "--pgen", type=path, metavar="FILE", help="Python file of parameters")
    file.add_argument(
        "--pargs", action="append", default=[], metavar="KEY:VALUE", help="argument for --pgen"
    )


def read_args(args: argparse.Namespace) -> GraphOptions:
    """Read what the command line says.

    Raises:
        UsageError: Options do not fit each other, or have the wrong form.
    """
    from maestro_cli.launch.order import read_pargs

    if args.pargs and not args.pgen:
        raise UsageError("--pargs needs --pgen", hint="give the Python file: --pgen FILE")
    return GraphOptions(
        source=args.source,
        form=args.format,
        what="instances" if args.instances else "steps",
        limit=args.limit or (MOST_INSTANCES if args.instances else MOST_STEPS),
        out=args.out,
        variables=dict(args.var),
        pgen=args.pgen,
        pargs=read_pargs(args.pargs),
    )


def run(options: GraphOptions) -> int:
    """Draw the picture."""
    from maestro_cli.graph_view.pictures import instances_picture, steps_picture

    outline = _outline(options)
    draw = instances_picture if options.what == "instances" else steps_picture
    picture = draw(outline, limit=options.limit)
    if options.out is not None:
        from maestro_cli.graph_view.forms import written
        from maestro_cli.ui.output_file import write_output

        write_output(options.out, written(picture, options.form))
    else:
        _print(picture, options.form)
    if options.form != "text" or options.out is not None:
        from maestro_cli.ui.console import warn

        for note in picture.notes:
            warn(f"note: {note}")
    return EXIT_OK


def _outline(options: GraphOptions) -> Outline:
    from maestro_cli.study.folders import Kind, expand_one, kind_of, require_study

    folder = expand_one(options.source)
    if kind_of(folder) is Kind.FILE or not folder.exists():
        from maestro_cli.launch.study_outline import outline_of_file

        return outline_of_file(
            options.source, variables=options.variables, pgen=options.pgen, pargs=options.pargs
        )
    if options.variables or options.pgen:
        raise StudyError(
            f"{folder} is a folder: its parameters are what they were when it was made",
            hint="leave out --var, --pgen and --pargs, or give a study file",
        )
    from maestro_cli.study.outline import outline_of
    from maestro_cli.study.workspace_view import open_study

    return outline_of(open_study(require_study(folder, verb="draw")))


def _print(picture: Picture, form: Form) -> None:
    from maestro_cli.ui.console import say
    from maestro_cli.ui.style import Paint, unicode_ok, width

    if form == "text":
        from maestro_cli.graph_view.as_text import text_lines

        for line in text_lines(
            picture, width=width(), paint=Paint(), unicode=unicode_ok(sys.stdout)
        ):
            say(line)
        return
    from maestro_cli.graph_view.forms import written

    say(written(picture, form).removesuffix("\n"))
