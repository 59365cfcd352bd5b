"""Run a workspace, or show how far it is: the ``conductor`` command."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from maestro_conductor.__about__ import __version__
from maestro_conductor.app.command_signals import CommandSignals
from maestro_conductor.errors import BrokenError, ConductorError

__all__ = ["main"]

_BAD_FOLDER = 1
_USAGE = 64
_SOFTWARE = 70
_INTERRUPTED = 130


class _Parser(argparse.ArgumentParser):
    """Exit with 64 on wrong usage (sysexits.h: EX_USAGE); 2 means that a step failed."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(_USAGE, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="conductor",
        description="Run the study in a workspace to its end.",
        epilog="exit codes: 0 finished, 2 a step failed, 3 cancelled, 1 bad folder or held by "
        "another conductor, 64 wrong usage, 70 a mistake of ours, 130 stopped by INT, 143 by TERM",
        allow_abbrev=False,
    )
    parser.add_argument("directory", type=_path, metavar="DIR", help="the workspace")
    parser.add_argument(
        "-s", "--status", action="store_true", help="show how far the study is, and run nothing"
    )
    parser.add_argument(
        "-t",
        "--sleeptime",
        type=_seconds,
        metavar="SECONDS",
        help="longest pause between two questions to the scheduler",
    )
    parser.add_argument(
        "-l",
        "--logpath",
        type=_path,
        metavar="FILE",
        help="log to FILE instead of logs/<study>.log",
    )
    parser.add_argument(
        "-d",
        "--debug_lvl",
        type=int,
        choices=range(1, 6),
        default=2,
        help="least level that is logged: 1 debug, 2 info (default), 3 warning, 4 error, 5 critical",
    )
    parser.add_argument(
        "-c", "--logstdout", action="store_true", default=True, help="log to stdout, too (default)"
    )
    parser.add_argument(
        "--no-logstdout", action="store_false", dest="logstdout", help="log to the file only"
    )
    parser.add_argument(
        "--take-over",
        action="store_true",
        help="take the workspace from a conductor of another host that gives no sign of life",
    )
    parser.add_argument(
        "--local-steps",
        choices=("leave", "finish", "stop"),
        default="leave",
        help="on TERM or INT, leave running local steps to themselves (default: the next "
        "conductor finds them), wait until they have finished (until a second signal), or stop "
        "them (the next one runs them again)",
    )
    parser.add_argument(
        "--ready-fd",
        type=int,
        metavar="N",
        help="write `ready` to file descriptor N once the conductor is alive, or why it is not",
    )
    parser.add_argument("-v", "--version", action="version", version=f"conductor {__version__}")
    return parser


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to 1e9")
    return value


def _path(text: str) -> Path:
    if not text:  # what an unset variable leaves; `Path("")` would be the working folder
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text)


def main(
    arguments: Sequence[str] | None = None, *, conduct: Callable[..., int] | None = None
) -> int:
    """Run the command; return the exit code.

    Args:
        arguments: of the command; None: those of this process, which ends with it.
        conduct: runs the workspace; None: `maestro_conductor.conduct`.
    """
    signals = CommandSignals()
    try:
        signals.take()
        _open_streams()
        return _run(_parser().parse_args(arguments), conduct, signals)
    except KeyboardInterrupt:  # before the conductor takes signals itself: it is being imported
        return _INTERRUPTED
    finally:
        signals.done()
        _let_go_of_output()
        signals.leave(for_good=arguments is None)


def _run(
    options: argparse.Namespace, conduct: Callable[..., int] | None, signals: CommandSignals
) -> int:
    report_start = _start_reporter(options.ready_fd)

    def ready() -> None:
        signals.done()  # the conductor has taken them, and gives them back at the study's end
        report_start("ready")

    try:
        if options.status:
            from maestro_conductor.app.plain_status import print_status

            return print_status(options.directory)
        if conduct is None:
            from maestro_conductor.app.conduct import conduct as conduct_here

            conduct = conduct_here
        return conduct(
            options.directory,
            log_path=options.logpath,
            log_level=options.debug_lvl,
            log_to_stdout=options.logstdout,
            sleeptime=options.sleeptime,
            ready=ready,
            take_over=options.take_over,
            local_steps=options.local_steps,
        )
    except BrokenError as error:
        return _tell(str(error), _SOFTWARE)
    except ConductorError as error:
        report_start(f"error: {error}")
        return _tell(str(error), _BAD_FOLDER)
    except BrokenPipeError:
        return 141  # whoever read our output is gone; nothing is to be said any more
    except OSError as error:
        where = f"{error.filename if error.filename is not None else 'standard output'}: "
        report_start(f"error: {where}{error.strerror}")
        return _tell(f"{where}{error.strerror}", _BAD_FOLDER)
    except Exception as error:
        if options.debug_lvl == 1:
            raise
        what = f"internal error: {error!r}. `conductor -d 1` shows where; please report it"
        report_start(f"error: {what}")
        return _tell(what, _SOFTWARE)


def _let_go_of_output() -> None:
    """Lose what stdout cannot take: the exit code is that of the study, not of a full disk."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(text: str, code: int) -> int:
    """Say on stderr what went wrong; no path in it may steer the terminal."""
    shown = "".join(
        char if char.isprintable() or char == "\n" else repr(char)[1:-1] for char in text
    )
    sys.stderr.write(f"conductor: {shown}\n")
    return code


def _open_streams() -> None:
    """Open what is closed of the standard streams (``>&-``): nothing is read, what is said is lost.

    Otherwise the next file that is opened, the journal say, would be the standard output.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 - lives as long as we


def _start_reporter(descriptor: int | None) -> Callable[[str], None]:
    """Return what tells whoever started us, once, how the start went."""
    told = descriptor is None
    if descriptor is not None:
        with contextlib.suppress(OSError):  # no step may keep it open
            os.set_inheritable(descriptor, False)

    def report_start(line: str) -> None:
        nonlocal told
        if not told and descriptor is not None:
            told = True
            with contextlib.suppress(OSError):
                os.write(descriptor, f"{line}\n".encode("utf-8", "replace"))
                os.close(descriptor)

    return report_start
