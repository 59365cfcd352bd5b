"""Make the parser of the command line; define the types that options share."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from maestro_cli.__about__ import __version__
from maestro_cli.errors import UsageError
from maestro_cli.ui.style import width

if TYPE_CHECKING:
    #: Where a command adds its parser.
    Commands = argparse._SubParsersAction["Parser"]

__all__ = [
    "Parser",
    "add_directories",
    "add_json",
    "add_on_end",
    "command",
    "make_parser",
    "path",
    "seconds",
    "setting",
    "whole",
]

_EPILOG = """\
examples:
  maestro run study.yaml                 make the study's folder, ask, and start it
  maestro run -fg -y -o OUT study.yaml   run it here, without questions
  maestro status OUT                     how far it is
  maestro hold OUT simulate              submit no more jobs of this step, for now
  maestro cancel OUT                     stop it

`maestro COMMAND --help` explains each command, with examples.
exit codes: 0 done, 1 bad study or folder, 2 failed steps, 3 cancelled, 64 wrong usage
"""


def make_parser(registers: Iterable[Callable[[Commands], None]]) -> Parser:
    """Make the parser of the whole command line.

    Args:
        registers: Of each command the function that adds its parser.
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
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="word", prog=parser.prog
    )
    for register in registers:
        register(commands)
    return parser


#: An option that has no abbreviation which another one has, too.
_YOUNGER = "--on-end"


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are :class:`UsageError`, with a suggestion where one fits."""

    # Any: argparse hands a command's parser what its version knows, such as `color` since 3.14.
    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", _Formatter)
        super().__init__(**options)

    def error(self, message: str) -> NoReturn:
        """Report a mistake in the command line.

        Args:
            message: argparse's words, which change with Python's version: shown, never read.

        Raises:
            UsageError: Always.
        """
        raise UsageError(message, hint=f"`{self.prog} --help` shows what there is")

    def parse_args(  # type: ignore[override]  # its overloads for a namespace of one's own
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Parse a whole command line.

        Raises:
            UsageError: It makes no sense, or has words that nothing takes.
        """
        found, extras = self.parse_known_args(args, namespace)
        if extras:
            from maestro_cli.ui import other_words
            from maestro_cli.ui.step_options import take_names

            if take_names(found, extras):
                return found
            command = self._chosen(found)
            takes = [a for a in command._actions if not a.option_strings]
            given = getattr(found, takes[0].dest, "") if takes else ""
            message, hint = other_words.surplus(
                command.prog,
                extras,
                command._option_string_actions,
                [str(a.metavar or a.dest) for a in takes],
                given if isinstance(given, str) else "",
            )
            raise UsageError(message, hint=hint)
        return found

    def _get_option_tuples(
        self, option_string: str
    ) -> list[tuple[argparse.Action, str, str | None]]:
        """Return what an abbreviation may mean; argparse calls this.

        ``--o`` has meant ``--out`` since before there was a ``--on-end``.
        """
        found = super()._get_option_tuples(option_string)
        older = [each for each in found if each[1] != _YOUNGER]
        return older if len(found) > 1 else found

    def _chosen(self, found: argparse.Namespace) -> argparse.ArgumentParser:
        """Return the parser of the command that was given, or this one."""
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                chosen = action.choices.get(str(getattr(found, action.dest, None)))
                if chosen is not None:
                    return chosen  # type: ignore[no-any-return]
        return self

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """Refuse what is not among an argument's choices; argparse calls this."""
        if action.choices is None or value in action.choices:
            return
        import difflib

        choices = [str(choice) for choice in action.choices]
        near = difflib.get_close_matches(str(value), choices, n=1)
        if action.nargs == argparse.PARSER:
            from maestro_cli.ui import other_words

            message = f"there is no command {str(value)!r}"
            hint = other_words.command_hint(str(value))
            if hint is not None:
                raise UsageError(message, hint=hint)
        else:
            where = "/".join(action.option_strings) or action.metavar or action.dest
            message = f"{where}: there is no {str(value)!r}"
        hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(choices)}"
        raise UsageError(message, hint=hint)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Fits help to the terminal, whose width is looked up only when there is help to print."""

    def __init__(self, prog: str) -> None:
        # argparse makes a formatter for each option that is added, to check its metavar.
        super().__init__(prog, width=80)

    def format_help(self) -> str:
        columns = width() or 80
        self._width = max(40, min(columns - 2, 96))
        self._max_help_position = min(26, self._width - 20)
        return super().format_help()

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        # Examples stay as they are; a description is one long line.
        if "\n" in text:
            return super()._fill_text(text, width, indent)
        return argparse.HelpFormatter._fill_text(self, text, width, indent)

    def _format_action_invocation(self, action: argparse.Action) -> str:
        # `-o, --out DIR` instead of `-o DIR, --out DIR`.
        if not action.option_strings or action.nargs == 0:
            return ", ".join(action.option_strings) or super()._format_action_invocation(action)
        value = self._format_args(action, action.metavar or action.dest.upper())  # type: ignore[arg-type]
        return f"{', '.join(action.option_strings)} {value}"


def add_json(parser: argparse._ActionsContainer, what: str) -> None:
    """Add ``--json``, which also makes errors machine-readable."""
    parser.add_argument("--json", action="store_true", help=what)


def add_on_end(parser: argparse._ActionsContainer) -> None:
    """Add the option of a command that is called at the study's end."""
    parser.add_argument(
        "--on-end",
        type=command,
        metavar="COMMAND",
        help="call this once, by /bin/sh, when the study has ended: MAESTRO_STATE, MAESTRO_FOLDER,"
        " MAESTRO_FAILED, … are in its environment",
    )


def command(text: str) -> str:
    """Return a command as it was typed; one that nothing would be read of is a mistake."""
    import os

    from maestro_conductor.workspace.on_end_file import MOST

    if not text.strip():
        raise argparse.ArgumentTypeError("the command is empty")
    if len(os.fsencode(text)) > MOST:
        raise argparse.ArgumentTypeError(
            f"the command has more than {MOST} bytes: put it into a file"
        )
    return text


def add_directories(parser: argparse._ActionsContainer, *, optional: bool = False) -> None:
    """Add the folders of studies, for a command that works on several.

    Args:
        parser: Of the command.
        optional: Without one, the command takes the study in whose folder it is called.
    """
    default = " (default: the study that you are in)" if optional else ""
    parser.add_argument(
        "directory",
        nargs="*" if optional else "+",
        type=path,
        metavar="DIR",
        help=f"folder of a study; patterns are expanded{default}",
    )


#: More than anybody needs, and the most that a file of a workspace holds.
_MOST = 2**53


def whole(least: int) -> Callable[[str], int]:
    """Return the type of an integer from ``least`` to 2^53."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not an integer") from None
        if number < least:
            raise argparse.ArgumentTypeError(f"{number} is less than {least}")
        if number > _MOST:
            raise argparse.ArgumentTypeError(f"{number} is more than {_MOST}")
        return number

    return parse


def seconds(text: str) -> int | float:
    """Read a duration in seconds, 0 or more."""
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds") from None
    if not 0 <= number < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1e9 seconds")
    return int(number) if number.is_integer() else number


def setting(text: str) -> tuple[str, str]:
    """Read ``NAME=VALUE``."""
    name, separator, value = text.partition("=")
    if not separator or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name.strip(), value


def path(text: str) -> str:
    """Return a path as it was typed; an empty one, left by an unset variable, is a mistake."""
    if not text:
        raise argparse.ArgumentTypeError("the path is empty")
    return text
