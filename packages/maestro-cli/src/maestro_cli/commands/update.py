"""``maestro update``: other limits for running studies."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from maestro_cli.errors import EXIT_OK, StudyError, UsageError
from maestro_cli.ui.console import say
from maestro_cli.ui.parser import add_json, path, seconds, whole
from maestro_cli.ui.prompt import ask
from maestro_cli.ui.sanitize import clean, shell_word

if TYPE_CHECKING:
    from pathlib import Path

    from maestro_cli.study.requests import Limits

_EPILOG = """\
examples:
  maestro update --throttle 4 OUT                 at most 4 jobs in flight from now on
  maestro update --rlimit 4 --sleep 10 OUT1 OUT2  the same for both
  maestro update --rlimit 4 --rlimit 2 OUT1 OUT2  4 for the first, 2 for the second
  maestro update --rlimit 4 --rlimit - OUT1 OUT2  4 for the first; asks for the second
  maestro update OUT                              asks what to change
"""

_GIVE = "give it on the command line: --throttle N, --rlimit N, --sleep SECONDS"

#: Setting → the question for its value.
_QUESTIONS = {
    "rlimit": "Enter new restart limit [Integer, 0 = unlimited]",
    "throttle": "Enter new throttle [Integer, 0 = no throttling]",
    "sleep": "Enter new sleep duration for Conductor [Integer, seconds]",
}


def register(commands: Any) -> None:
    """Adds the command to the parser."""
    parser = commands.add_parser(
        "update",
        help="change the limits of running studies",
        description="Changes throttle, restart limit or sleep of running studies. Each option is"
        " given once for all studies, or once per study; with - for a study it has no value there."
        " Studies without any value are asked for.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "directory",
        nargs="+",
        type=path,
        metavar="DIR",
        help="folder of a study; patterns are expanded",
    )
    parser.add_argument(
        "--throttle",
        action="append",
        type=_or_none(whole(0)),
        default=[],
        metavar="N",
        help="most jobs in flight at once; 0: no limit",
    )
    parser.add_argument(
        "--rlimit",
        action="append",
        type=_or_none(whole(0)),
        default=[],
        metavar="N",
        help="most restarts of a step that timed out; 0: no limit",
    )
    parser.add_argument(
        "--sleep",
        action="append",
        type=_or_none(seconds),
        default=[],
        metavar="SECONDS",
        help="longest pause between two questions to the scheduler",
    )
    add_json(parser, "print what was changed, and errors, as JSON; never asks")
    parser.set_defaults(command=command)


def _or_none(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: None if text == "-" else parse(text)


def command(args: argparse.Namespace) -> int:
    """Makes the requests, asking for what was not given."""
    from maestro_cli.study.folders import expand
    from maestro_cli.ui.failures import attempt

    folders = expand(args.directory)
    given = {name: getattr(args, name) for name in _QUESTIONS}
    each = distribute(given, len(folders))
    return max(
        attempt(partial(_update, args, folder, limits), as_json=args.json)
        for folder, limits in zip(folders, each, strict=True)
    )


def distribute(given: dict[str, list[Any]], studies: int) -> list[Limits]:
    """Gives each study its values.

    Args:
        given: Setting → its values, in the order of the command line.
        studies: How many studies there are.

    Raises:
        UsageError: A setting has neither one value nor as many as there are studies.
    """
    from maestro_cli.study.requests import Limits

    for name, values in given.items():
        if len(values) not in (0, 1, studies):
            raise UsageError(
                f"--{name} was given {len(values)} times for {studies}"
                f" stud{'y' if studies == 1 else 'ies'}",
                hint="give it once for all studies, or once for each",
            )
    return [
        Limits(
            **{
                name: values[0] if len(values) == 1 else values[index]
                for name, values in given.items()
                if values
            }
        )
        for index in range(studies)
    ]


def _update(args: argparse.Namespace, folder: Path, limits: Limits) -> int:
    from maestro_cli.study.folders import require_study
    from maestro_cli.study.requests import request_update, taken
    from maestro_cli.study.workspace_view import open_study

    study = open_study(require_study(folder, verb="update"))
    if study.state in ("FINISHED", "FAILED", "CANCELLED", "DRYRUN"):
        raise StudyError(
            f"{folder}: the study is {study.state} already, so there is nothing to update",
            hint=f"new limits for another run of its steps: maestro resume {shell_word(folder)} --rlimit N",
        )
    if not args.json:
        say(f"Updating study at '{clean(folder)}'")
    if not limits:
        if args.json:
            raise UsageError(f"{folder}: no new value was given", hint=_GIVE)
        asked = _interview()
        if asked is None:
            say(f"Discarding updates to '{clean(folder)}'")
            return EXIT_OK
        if not asked:
            say(f"No new value: '{clean(folder)}' stays as it is")
            return EXIT_OK
        limits = asked
    request = request_update(folder, limits)
    effect = "in force" if study.holder and taken(request) else "waiting"
    if args.json:
        import json

        from attrs import asdict

        record = {"path": str(folder), "study": study.name, **asdict(limits), "effect": effect}
        say(json.dumps(record))
        return EXIT_OK
    say(f"Writing updated study config to '{clean(request)}'")
    if effect == "in force":
        say(f"In force: {limits}")
    elif study.holder:
        say(f"{limits}: its conductor has not taken this yet, and will when it wakes")
    else:
        say(
            f"{limits}: no conductor is alive; this holds from `maestro resume {shell_word(folder)}` on"
        )
    return EXIT_OK


def _interview() -> Limits | None:
    """Asks for settings until the answer is done (gives them) or quit (gives None)."""
    from maestro_cli.study.requests import Limits

    values: dict[str, Any] = {}
    while True:
        say("Choose study config to update, or done/quit to finish/abort")
        answer = _choice((*_QUESTIONS, "done", "quit"))
        if answer == "done":
            return Limits(**values)
        if answer == "quit":
            return None
        values[answer] = _number(answer)


def _choice(choices: Sequence[str]) -> str:
    while True:
        answer = ask("", choices, hint=_GIVE).lower()
        if answer in choices:
            return answer
        say(f"please answer one of {', '.join(choices)}")


def _number(name: str) -> Any:
    parse = seconds if name == "sleep" else whole(0)
    value = None
    while value is None:
        answer = ask(_QUESTIONS[name], (), hint=_GIVE)
        with contextlib.suppress(argparse.ArgumentTypeError):
            value = parse(answer)
        if value is None:
            say(f"{clean(answer)!r} is not a number that can be used here: please try again")
    return value
