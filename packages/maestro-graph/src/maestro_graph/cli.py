"""Run the `maestro-graph` command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from maestro_graph.__about__ import __version__
from maestro_graph.errors import GraphError, PgenError

#: Exit codes: 0 done, 1 the study or the workspace is at fault, 2 the command line is.
_FAULT = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: by default those of this process.

    Returns:
        The exit code.
    """
    try:
        options = _parse(arguments)
        code = int(options.function(options))
        sys.stdout.flush()
        return code
    except PgenError as error:
        # The error is the user's: it is shown with the traceback of the user's file.
        sys.stderr.write(error.trace)
        return _complain(str(error), error.hint)
    except GraphError as error:
        return _complain(str(error), error.hint)
    except OSError as error:
        if error.filename is not None:
            return _complain(str(error), "")
        # What stdout still holds is lost; Python would complain once more when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _complain(f"standard output: {error.strerror}", "")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    try:
        return _parser().parse_args(arguments)
    except SystemExit:  # `--help` and `--version` have said what there is to say
        sys.stdout.flush()
        raise


def _complain(message: str, hint: str) -> int:
    sys.stderr.write(f"error: {message}\n" + (f"hint: {hint}\n" if hint else ""))
    return _FAULT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="maestro-graph", description="Expands a study into a graph of instances."
    )
    parser.add_argument("-v", "--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    expand = commands.add_parser(
        "expand",
        help="write the graph of a workspace",
        description="Reads .maestro/spec.msgpack, acquires the study's dependencies and writes"
        " .maestro/parameters.msgpack, .maestro/graph.msgpack and meta/.",
    )
    expand.add_argument("workspace", metavar="WORKSPACE", help="folder that holds .maestro/")
    expand.add_argument(
        "--hashws", action="store_true", help="number workspaces instead of naming them"
    )
    expand.add_argument(
        "-p", "--pgen", metavar="FILE", help="Python file with get_custom_generator()"
    )
    expand.add_argument(
        "--pargs",
        action="append",
        default=[],
        type=_keyword,
        metavar="KEY:VALUE",
        help="argument for the function in --pgen; may be repeated",
    )
    expand.add_argument(
        "--shared",
        action="store_true",
        help="let whoever may enter the workspace read .maestro/ too",
    )
    expand.set_defaults(function=_expand)
    return parser


def _keyword(text: str) -> tuple[str, str]:
    key, separator, value = text.partition(":")
    if not separator or not key:
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY:VALUE")
    return key.strip(), value.strip()


def _expand(options: argparse.Namespace) -> int:
    from maestro_graph.workspace import expand_workspace, generate

    table = None
    if options.pgen is not None:
        table = generate(options.workspace, options.pgen, dict(options.pargs))
    graph = expand_workspace(
        options.workspace, table, hash_workspaces=options.hashws, shared=options.shared
    )
    for notice in graph.notices:
        sys.stderr.write(f"note: {notice}\n")
    sys.stdout.write(f"{len(graph.steps)} steps, {len(graph.instances)} instances\n")
    return 0
