"""Define the arguments that choose instances: names of steps, and conditions on parameters.

:func:`maestro_cli.study.selection.read_selection` reads what they hold.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

__all__ = ["add_selection", "take_names"]

_WHAT = "a step or a single instance, * allowed"


def add_selection(
    parser: argparse.ArgumentParser, *, default: str, many_studies: bool = False
) -> argparse._ArgumentGroup:
    """Add what chooses instances.

    Args:
        parser: Of the command.
        default: What is chosen where nothing is given, for the help; may be empty.
        many_studies: The command takes several folders, so names need ``--step``.

    Returns:
        The group of options, for more of them.
    """
    if not many_studies:
        told = f"{_WHAT}; several may be given{f' (default: {default})' if default else ''}"
        parser.add_argument("names", nargs="*", default=[], metavar="STEP", help=told)
    which = parser.add_argument_group("which steps")
    which.add_argument(
        "--step",
        action="append",
        default=[],
        metavar="STEP",
        help=f"{_WHAT}; more may follow" if many_studies else "another way to name a STEP",
    )
    which.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="CONDITION,…",
        help="only those whose parameters fit: 'TEMP=300,PRESSURE>2'; = != < <= > >= are known,"
        " all conditions must hold",
    )
    return which


def take_names(found: argparse.Namespace, extras: Sequence[str]) -> bool:
    """Take words behind options as further names of steps, and return whether they are such.

    ``resume OUT --json a b``: argparse lets a position take no word where its turn comes, and has
    none for those that follow. ``cancel OUT --step a b``: only the first belongs to the option.

    Args:
        found: What the command line says; names are added to it.
        extras: Words that nothing has taken.
    """
    target = "names" if "names" in found else "step"
    given: list[str] = getattr(found, target, [])
    if target == "step" and not given:
        return False
    words = [word for word in extras if word != "--"]
    if len(words) == len(extras) and any(word.startswith("-") for word in words):
        return False  # an option that there is not
    setattr(found, target, [*given, *words])
    return True
