"""The parser of the command line: what all commands have, and which module does what."""

from __future__ import annotations

import argparse
from importlib import import_module

from maestro_cli.__about__ import __version__
from maestro_cli.ui.parser import Parser, path

__all__ = ["make_parser"]

#: Modules of `maestro_cli.commands`, as the help lists them.
_COMMANDS = (
    "run",
    "status",
    "cancel",
    "update",
    "resume",
    "validate",
    "why",
    "logs",
    "completion",
)

_EPILOG = """\
examples:
  maestro run study.yaml                 make the study's folder, ask, and start it
  maestro run -fg -y -o OUT study.yaml   run it here, without questions
  maestro status OUT                     how far it is
  maestro cancel OUT                     stop it

`maestro COMMAND --help` explains each command, with examples.
exit codes: 0 done, 1 bad study or folder, 2 failed steps, 3 cancelled, 64 wrong usage
"""


def make_parser(only: str | None = None) -> argparse.ArgumentParser:
    """Makes the parser.

    Args:
        only: The command that is given, where that is known: others are left out, which nobody
            sees and which saves their time. Anything else: all commands.
    """
    parser = Parser(
        prog="maestro",
        description="Runs studies: steps and parameters from a YAML file, on this machine or a cluster.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "-l",
        "--logpath",
        type=path,
        metavar="FILE",
        help="write the program's log to FILE (default: logs/<study>.log in the study's folder)",
    )
    parser.add_argument(
        "-d",
        "--debug_lvl",
        type=int,
        choices=range(1, 6),
        default=2,
        metavar="{1,2,3,4,5}",
        help="least level that is logged: 1 debug, 2 info (default), 3 warning, 4 error, 5 critical",
    )
    parser.add_argument(
        "-c",
        "--logstdout",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="also tell on stdout what is done while a study is set up, and, in the foreground,"
        " while it runs (default: yes)",
    )
    parser.add_argument("-v", "--version", action="version", version=f"%(prog)s {__version__}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="word")
    for name in (only,) if only in _COMMANDS else _COMMANDS:
        import_module(f"maestro_cli.commands.{name}").register(commands)
    return parser
