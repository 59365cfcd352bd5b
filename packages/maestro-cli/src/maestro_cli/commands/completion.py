"""``maestro completion``: scripts that let a shell complete commands, options and folders."""

from __future__ import annotations

import argparse
from typing import Any

from maestro_cli.ui.console import say

_EPILOG = """\
install it:
  bash   maestro completion bash > ~/.local/share/bash-completion/completions/maestro
  zsh    maestro completion zsh > ~/.zfunc/_maestro     (with ~/.zfunc in fpath)
  fish   maestro completion fish > ~/.config/fish/completions/maestro.fish
"""


def register(commands: Any) -> None:
    """Adds the command to the parser."""
    parser = commands.add_parser(
        "completion",
        help="print a completion script for your shell",
        description="Prints a script with which a shell completes commands, options and folders.",
        epilog=_EPILOG,
    )
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")
    parser.set_defaults(command=command)


def command(args: argparse.Namespace) -> int:
    """Prints the script."""
    import shtab

    from maestro_cli.commands.parser import make_parser

    parser = make_parser()
    for each in _parsers(parser):
        for action in each._actions:
            if action.metavar == "DIR":
                action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
            elif action.metavar in ("FILE", "STUDY.yaml"):
                action.complete = shtab.FILE  # type: ignore[attr-defined]
    say(shtab.complete(parser, shell=args.shell))
    return 0


def _parsers(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    found = [parser]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found.extend(action.choices.values())
    return found
