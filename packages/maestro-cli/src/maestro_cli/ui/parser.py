"""The argument parser's own class, and the types that options share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from maestro_cli.errors import UsageError
from maestro_cli.ui.style import width


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are :class:`UsageError`, with a suggestion where one fits."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", _Formatter)
        super().__init__(**options)

    def error(self, message: str) -> NoReturn:
        """Reports a mistake in the command line.

        Args:
            message: argparse's words, which change with Python's version: shown, never read.

        Raises:
            UsageError: Always.
        """
        raise UsageError(message, hint=f"`{self.prog} --help` shows what there is")

    def parse_args(  # type: ignore[override]  # its overloads for a namespace of one's own
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Parses a whole command line.

        Raises:
            UsageError: It makes no sense, or has words that nothing takes.
        """
        found, extras = self.parse_known_args(args, namespace)
        if extras:
            from maestro_cli.ui import other_words

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

    def _chosen(self, found: argparse.Namespace) -> argparse.ArgumentParser:
        """The parser of the command that was given, or this one."""
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                chosen = action.choices.get(str(getattr(found, action.dest, None)))
                if chosen is not None:
                    return chosen  # type: ignore[no-any-return]
        return self

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuses what is not among an argument's choices; argparse's hook for that."""
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
    def __init__(self, prog: str) -> None:
        columns = width() or 80
        super().__init__(prog, max_help_position=26, width=max(40, min(columns - 2, 96)))

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
    """Adds ``--json``, which also makes errors machine-readable."""
    parser.add_argument("--json", action="store_true", help=what)


#: More than anybody means; what is beyond no file of a workspace holds.
_MOST = 2**53


def whole(least: int) -> Any:
    """Gives the type of an integer of at least ``least``, and at most 2^53."""

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
    """A duration in seconds, 0 or more."""
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds") from None
    if not 0 <= number < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1e9 seconds")
    return int(number) if number.is_integer() else number


def setting(text: str) -> tuple[str, str]:
    """``NAME=VALUE``."""
    name, separator, value = text.partition("=")
    if not separator or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name.strip(), value


def path(text: str) -> str:
    """A path as it was typed; the empty text, what an unset variable leaves, is a mistake."""
    if not text:
        raise argparse.ArgumentTypeError("the path is empty")
    return text
