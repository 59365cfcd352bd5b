"""Suggest our words for those of other tools, for mistyped options and for surplus arguments."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

#: Word of others → what to type here.
_COMMANDS = {
    "restart": "maestro resume DIR",
    "rerun": "maestro resume --failed DIR",
    "retry": "maestro resume --failed DIR",
    "continue": "maestro resume DIR",
    "result": "maestro results DIR",
    "table": "maestro results DIR",
    "export": "maestro results DIR",
    "output": "maestro logs DIR STEP",
    "log": "maestro logs DIR",
    "tail": "maestro logs -f DIR",
    "list": "maestro ls",
    "ps": "maestro status DIR",
    "watch": "maestro status --watch DIR",
    "stop": "maestro cancel DIR",
    "kill": "maestro cancel DIR",
    "abort": "maestro cancel DIR",
    "delete": "maestro cancel DIR",
    "pause": "maestro hold DIR",
    "suspend": "maestro hold DIR",
    "unhold": "maestro release DIR",
    "unpause": "maestro release DIR",
    "history": "maestro status --history DIR",
    "start": "maestro run STUDY.yaml",
    "submit": "maestro run STUDY.yaml",
    "launch": "maestro run STUDY.yaml",
    "lint": "maestro validate STUDY.yaml",
    "check": "maestro validate STUDY.yaml",
    "explain": "maestro why DIR STEP",
    "dag": "maestro graph DIR",
    "draw": "maestro graph DIR",
    "plot": "maestro report DIR",
    "dashboard": "maestro report DIR",
    "html": "maestro report DIR",
}

_OPTIONS = {
    "--dryrun": "--dry",
    "--dry-run": "--dry",
    "--dry_run": "--dry",
    "--foreground": "-fg",
    "--output": "--out",
    "--scheduler": "--adapter",
    "--yes": "--autoyes",
    "--no": "--autono",
}


def command_hint(word: str) -> str | None:
    """Return what to type instead of a command that is called otherwise here, or None."""
    meant = _COMMANDS.get(word.lower())
    return f"here that is: {meant}" if meant else None


def surplus(
    command: str, extras: Sequence[str], options: Iterable[str], takes: list[str], given: str
) -> tuple[str, str]:
    """Return message and hint for arguments that no option or position takes.

    Args:
        command: ``maestro run``.
        extras: the words, one at least.
        options: what the command knows: ``--dry``.
        takes: its positional arguments as its usage writes them: ``DIR``.
        given: the folder or file that it did take, or the empty text.
    """
    known = sorted(options)
    verb = command.removeprefix("maestro ")
    for word in extras:
        if word.startswith("-") and len(word) > 1:
            name = word.partition("=")[0]
            meant = _OPTIONS.get(name.lower())
            if meant not in known:
                import difflib

                meant = next(iter(difflib.get_close_matches(name, known, n=1)), None)
            hint = f"did you mean {meant}?" if meant else f"`{command} --help` shows what there is"
            return f"{verb} has no option {name}", hint
    named = " and ".join(takes)
    what = f"takes one {named}" if len(takes) == 1 else f"takes {named}" if named else "takes none"
    message = f"{verb} {what}, and here is more: {_some(extras)}"
    if given and takes in (["DIR"], ["STUDY.yaml"]):
        each = f'for x in {_some([given, *extras])}; do {command} "$x"; done'
        return message, f"if the shell made these of a pattern, go through them: {each}"
    if len(takes) > 1:
        return message, "put a pattern in quotes, so that the shell leaves it as it is"
    return message, f"`{command} --help` shows what there is"


def _some(words: Sequence[str]) -> str:
    return shlex.join(words[:4]) + (" …" if len(words) > 4 else "")
