"""The ``maestro`` command: runs one command, and shows how it failed. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from maestro_cli.commands.parser import make_parser
from maestro_cli.errors import EXIT_INTERRUPTED, EXIT_OK
from maestro_cli.ui import console


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    console.prepare_streams()
    args: argparse.Namespace | None = None
    try:
        parser = make_parser(words[0] if words else None)
        try:
            args = parser.parse_args(words)
        except SystemExit:  # `-h` and `--version` have said what there is to say
            console.flush()
            raise
        if args.command is None:
            parser.print_help()
            code = EXIT_OK
        else:
            code = int(args.command(args))
        console.flush()
    except KeyboardInterrupt:
        console.warn("")
        console.warn("interrupted")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        console.discard_stdout()  # whoever read our output has seen enough (`maestro status | head`)
        return EXIT_OK
    except Exception as error:
        if args is not None and args.debug_lvl == 1:
            raise
        from maestro_cli.ui import failures

        lost = console.lost_output()
        if lost is not None and isinstance(error, OSError) and error.filename is None:
            error = OSError(error.errno, lost, "standard output")
        failure = failures.explain(error)
        try:
            failures.show(failure, as_json="--json" in words and lost is None)
        except OSError:  # of an stdout that keeps nothing back
            failures.show(failure)
        console.lost_output()
        return failure.exit_code
    return code


if __name__ == "__main__":
    sys.exit(main())
