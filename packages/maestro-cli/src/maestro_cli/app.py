"""The ``maestro`` command: runs one command, and shows how it failed.

What needs no parser is answered before one is imported, and of the commands only one is imported.
"""

from __future__ import annotations

import os
import sys

from maestro_cli.__about__ import __version__

TYPE_CHECKING = False  # as typing's, which takes its time to import
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from types import ModuleType

    from maestro_cli.ui.parser import Parser

__all__ = ["main", "make_parser"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, and return its exit code.

    Args:
        arguments: The words of the command line; None: those of this process.
    """
    if arguments is None:
        arguments = sys.argv[1:]
        if arguments in (["--version"], ["-v"]) and _print_version():
            return 0
    try:
        from maestro_cli.errors import EXIT_INTERRUPTED, EXIT_OK
        from maestro_cli.ui import console, parser  # noqa: F401 - most of the time goes into it
    except KeyboardInterrupt:
        return 130  # as `EXIT_INTERRUPTED`, which may not be imported yet
    console.prepare_streams()
    args: Namespace | None = None
    try:
        whole = make_parser(arguments[0] if arguments else None)
        try:
            args = whole.parse_args(arguments)
        except SystemExit:  # `-h` and `--version` have said what there is to say
            console.flush()
            raise
        if args.word is None:
            whole.print_help()
            code = EXIT_OK
        else:
            command = _load(args.word)
            code = int(command.run(command.read_args(args)))
        console.flush()
    except KeyboardInterrupt:
        console.warn("")
        console.warn("interrupted")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        console.discard_stdout()  # its reader has seen enough (`maestro status | head`)
        return EXIT_OK
    except Exception as error:
        if args is not None and args.debug_lvl == 1:
            raise
        return _fail(error, as_json="--json" in arguments)
    return code


def make_parser(only: str | None = None) -> Parser:
    """Make the parser of the command line.

    Args:
        only: The command that is given, where that is known: others are left out, which nobody
            sees and which saves their time. Anything else: all commands.
    """
    from maestro_cli.commands import COMMANDS
    from maestro_cli.ui import parser

    names = COMMANDS if only is None or only not in COMMANDS else (only,)
    return parser.make_parser([_load(name).register for name in names])


def _load(name: str) -> ModuleType:
    """Import the module of a command."""
    from importlib import import_module

    return import_module(f"maestro_cli.commands.{name}")


def _print_version() -> bool:
    """Print the version, and return whether that was possible."""
    if sys.stdout is None:
        return False
    try:
        # Past Python's buffer, in which it would stay where nobody takes it.
        os.write(sys.stdout.fileno(), f"maestro {__version__}\n".encode())
    except OSError:
        return False  # tried again by the parser, where every such failure is met in one way
    return True


def _fail(error: Exception, *, as_json: bool) -> int:
    """Show an error, and return its exit code."""
    from maestro_cli.ui import console, failures

    lost = console.lost_output()
    if lost is not None and isinstance(error, OSError) and error.filename is None:
        error = OSError(error.errno, lost, "standard output")
    failure = failures.explain(error)
    try:
        failures.show(failure, as_json=as_json and lost is None)
    except OSError:  # of an stdout that keeps nothing back
        failures.show(failure)
    console.lost_output()
    return failure.exit_code


if __name__ == "__main__":
    sys.exit(main())
