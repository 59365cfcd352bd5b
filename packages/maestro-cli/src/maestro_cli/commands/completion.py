"""``maestro completion``: scripts that let a shell complete commands, options and folders."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from maestro_cli.commands import COMMANDS
from maestro_cli.errors import EXIT_OK
from maestro_cli.ui.console import say
from maestro_cli.ui.parser import make_parser

if TYPE_CHECKING:
    from maestro_cli.ui.parser import Commands

_EPILOG = """\
install it:
  bash   maestro completion bash > ~/.local/share/bash-completion/completions/maestro
  zsh    maestro completion zsh > ~/.zfunc/_maestro     (with ~/.zfunc in fpath)
  fish   maestro completion fish > ~/.config/fish/completions/maestro.fish
"""


class CompletionOptions(NamedTuple):
    """The shell that is to complete."""

    shell: str


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "completion",
        help="print a completion script for your shell",
        description="Prints a script with which a shell completes commands, options and folders.",
        epilog=_EPILOG,
    )
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")


def read_args(args: argparse.Namespace) -> CompletionOptions:
    """Read what the command line says."""
    return CompletionOptions(args.shell)


def run(options: CompletionOptions) -> int:
    """Print the script."""
    import shtab

    commands = [import_module(f"maestro_cli.commands.{name}") for name in COMMANDS]
    parser = make_parser([command.register for command in commands])
    for each in _parsers(parser):
        for action in each._actions:
            if action.metavar == "DIR":
                action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
            elif action.metavar in ("FILE", "STUDY.yaml", "STUDY.yaml|DIR"):
                action.complete = shtab.FILE  # type: ignore[attr-defined]
    say(shtab.complete(parser, shell=options.shell))
    return EXIT_OK


def _parsers(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """Return a parser, and those of its commands."""
    found = [parser]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found.extend(action.choices.values())
    return found
