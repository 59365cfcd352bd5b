"""``maestro update``: other limits for running studies."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypedDict, TypeVar

from maestro_cli.errors import EXIT_OK, UsageError
from maestro_cli.ui.batch_keys import BATCH_KEYS, batch_key
from maestro_cli.ui.console import say
from maestro_cli.ui.parser import add_directories, add_json, seconds, whole
from maestro_cli.ui.sanitize import clean, shell_word

if TYPE_CHECKING:
    from pathlib import Path

    from maestro_cli.study.requests import Limits
    from maestro_cli.ui.parser import Commands

_EPILOG = """\
examples:
  maestro update --throttle 4 OUT                 at most 4 jobs submitted at once from now on
  maestro update --rlimit 4 --sleep 10 OUT1 OUT2  the same for both
  maestro update --rlimit 4 --rlimit 2 OUT1 OUT2  4 for the first, 2 for the second
  maestro update --rlimit 4 --rlimit - OUT1 OUT2  4 for the first; asks for the second
  maestro update --local-slots 4 OUT              at most 4 slots for local steps
  maestro update --batch queue=long --batch bank=b2 OUT   jobs not yet submitted go there
  maestro update --batch queue= OUT               as the study says, again
  maestro update OUT                              asks what to change
"""

_GIVE = (
    "give it on the command line: --throttle N, --rlimit N, --sleep SECONDS, --local-slots N,"
    " --batch KEY=VALUE"
)

#: Setting → the question for its value.
_QUESTIONS = {
    "rlimit": "Enter new restart limit [Integer, 0 = unlimited]",
    "throttle": "Enter new throttle [Integer, 0 = no throttling]",
    "sleep": "Enter new sleep duration for Conductor [Integer, seconds]",
}

_T = TypeVar("_T")


class UpdateOptions(NamedTuple):
    """Which studies get which limits.

    Attributes:
        directories: Folders of studies, and patterns of such.
        throttle, rlimit, sleep, local_slots: Values in the order of the command line; None: ``-``.
        batch: Keys of the batch block for jobs that are not submitted yet, of all studies; None
            as value: as the study says, again.
        as_json: Print JSON, and never ask.
    """

    directories: Sequence[str]
    throttle: Sequence[int | None]
    rlimit: Sequence[int | None]
    sleep: Sequence[int | float | None]
    local_slots: Sequence[int | None]
    batch: Mapping[str, str | int | None]
    as_json: bool


class UpdateRecord(TypedDict):
    """What ``--json`` prints of each study; see docs/commands.md."""

    path: str
    study: str
    throttle: int | None
    rlimit: int | None
    sleep: int | float | None
    local_slots: int | None
    batch: Mapping[str, str | int | None] | None
    effect: str


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "update",
        help="change the limits of running studies",
        description="Changes throttle, restart limit, sleep, slots or batch keys of running studies."
        " Each option but --batch is given once for all studies, or once per study; with - for a"
        " study it has no value there. Studies without any value are asked for.",
        epilog=_EPILOG,
    )
    add_directories(parser)
    parser.add_argument(
        "--throttle",
        action="append",
        type=_or_none(whole(0)),
        default=[],
        metavar="N",
        help="most jobs submitted at once, started or not; 0: no limit",
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
    parser.add_argument(
        "--local-slots",
        action="append",
        type=_or_none(whole(1)),
        default=[],
        metavar="N",
        help="slots that local steps may fill from now on",
    )
    parser.add_argument(
        "--batch",
        action="append",
        type=batch_key,
        default=[],
        metavar="KEY=VALUE",
        help=f"for jobs that are not submitted yet: {', '.join(BATCH_KEYS)}; KEY= takes back"
        " what was set before",
    )
    add_json(parser, "print what was changed, and errors, as JSON; never asks")


def _or_none(parse: Callable[[str], _T]) -> Callable[[str], _T | None]:
    return lambda text: None if text == "-" else parse(text)


def read_args(args: argparse.Namespace) -> UpdateOptions:
    """Read what the command line says."""
    return UpdateOptions(
        directories=args.directory,
        throttle=args.throttle,
        rlimit=args.rlimit,
        sleep=args.sleep,
        local_slots=args.local_slots,
        batch=dict(args.batch),
        as_json=args.json,
    )


def run(options: UpdateOptions) -> int:
    """Make the requests, asking for what was not given."""
    from maestro_cli.study.folders import expand
    from maestro_cli.ui.failures import attempt

    folders = expand(options.directories)
    as_json = options.as_json
    return max(
        attempt(partial(_update, folder, limits, as_json=as_json), as_json=as_json)
        for folder, limits in zip(folders, distribute(options, len(folders)), strict=True)
    )


def distribute(options: UpdateOptions, studies: int) -> list[Limits]:
    """Return the limits of each study.

    Args:
        options: With the values of each setting.
        studies: How many studies there are.

    Raises:
        UsageError: A setting has neither one value nor as many as there are studies.
    """
    from maestro_cli.study.requests import Limits

    rlimits = _one_each("rlimit", options.rlimit, studies)
    throttles = _one_each("throttle", options.throttle, studies)
    pauses = _one_each("sleep", options.sleep, studies)
    slots = _one_each("local-slots", options.local_slots, studies)
    values = zip(throttles, rlimits, pauses, slots, strict=True)
    return [Limits(*each, options.batch or None) for each in values]


def _one_each(name: str, values: Sequence[_T | None], studies: int) -> Sequence[_T | None]:
    if len(values) not in (0, 1, studies):
        raise UsageError(
            f"--{name} was given {len(values)} times for {studies}"
            f" stud{'y' if studies == 1 else 'ies'}",
            hint="give it once for all studies, or once for each",
        )
    return values if len(values) == studies else (list(values) or [None]) * studies


def _update(folder: Path, limits: Limits, *, as_json: bool) -> int:
    from maestro_cli.study.folders import require_study
    from maestro_cli.study.limit_requests import ask_for, refuse_ended
    from maestro_cli.study.workspace_view import open_study

    study = open_study(require_study(folder, verb="update"))
    refuse_ended(study)
    if not as_json:
        say(f"Updating study at '{clean(folder)}'")
    if not limits:
        if as_json:
            raise UsageError(f"{folder}: no new value was given", hint=_GIVE)
        asked = _interview()
        if asked is None:
            say(f"Discarding updates to '{clean(folder)}'")
            return EXIT_OK
        if not asked:
            say(f"No new value: '{clean(folder)}' stays as it is")
            return EXIT_OK
        limits = asked
    request, in_force = ask_for(study, limits)
    if as_json:
        _print_json(folder, study.name, limits, in_force=in_force)
        return EXIT_OK
    say(f"Writing updated study config to '{clean(request)}'")
    if in_force:
        say(f"In force: {limits}")
    elif study.holder:
        say(f"{limits}: its conductor has not taken this yet, and will when it wakes")
    else:
        resume = f"maestro resume {shell_word(folder)}"
        say(f"{limits}: no conductor is alive; this holds from `{resume}` on")
    return EXIT_OK


def _print_json(folder: Path, study: str, limits: Limits, *, in_force: bool) -> None:
    import json

    record: UpdateRecord = {
        "path": str(folder),
        "study": study,
        "throttle": limits.throttle,
        "rlimit": limits.rlimit,
        "sleep": limits.sleep,
        "local_slots": limits.local_slots,
        "batch": limits.batch,
        "effect": "in force" if in_force else "waiting",
    }
    say(json.dumps(record))


def _interview() -> Limits | None:
    """Ask for settings until the answer is done, and return them; None: it was quit."""
    from attrs import evolve

    from maestro_cli.study.requests import Limits

    limits = Limits()
    while True:
        say("Choose study config to update, or done/quit to finish/abort")
        answer = _choose((*_QUESTIONS, "done", "quit"))
        if answer == "done":
            return limits
        if answer == "quit":
            return None
        if answer == "sleep":
            limits = evolve(limits, sleep=_ask_number(answer, seconds))
        elif answer == "throttle":
            limits = evolve(limits, throttle=_ask_number(answer, whole(0)))
        else:
            limits = evolve(limits, rlimit=_ask_number(answer, whole(0)))


def _choose(choices: Sequence[str]) -> str:
    from maestro_cli.ui.prompt import ask

    while True:
        answer = ask("", choices, hint=_GIVE).lower()
        if answer in choices:
            return answer
        say(f"please answer one of {', '.join(choices)}")


def _ask_number(setting: str, parse: Callable[[str], _T]) -> _T:
    from maestro_cli.ui.prompt import ask

    while True:
        answer = ask(_QUESTIONS[setting], (), hint=_GIVE)
        with contextlib.suppress(argparse.ArgumentTypeError):
            return parse(answer)
        say(f"{clean(answer)!r} is not a number that can be used here: please try again")
