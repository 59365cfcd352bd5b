"""Ask the conductor to hold, release, skip or cancel a part of a study, and say what came of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, TypedDict

from maestro_cli.errors import EXIT_OK, StudyError
from maestro_cli.study.instances import ENDED_STATES, Instance
from maestro_cli.ui.console import say
from maestro_cli.ui.sanitize import clean, shell_word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from maestro_cli.study.selection import Selection
    from maestro_cli.study.workspace_view import StudyView

__all__ = ["PartRecord", "Word", "ask_for", "concerned", "report", "run_part"]

Word = Literal["hold", "release", "skip", "cancel"]

_DONE = {"hold": "held", "release": "released", "skip": "skipped", "cancel": "cancelled"}

_DONE_WITH = ("FINISHED", "SKIPPED")

#: Which instances a request changes: "Requests" on the workspace format page.
_CONCERNS: Mapping[str, Callable[[Instance], bool]] = {
    "hold": lambda each: each.state not in _DONE_WITH and not each.held,
    "release": lambda each: each.held,
    "skip": lambda each: each.state not in _DONE_WITH,
    "cancel": lambda each: each.state not in ENDED_STATES,
}
#: What is to be said where a request would change nothing.
_NOTHING = {
    "hold": "what was named has finished, or is held already",
    "release": "nothing of that is held",
    "skip": "what was named has finished, or was skipped already",
    "cancel": "what was named has ended already",
}


class PartRecord(TypedDict):
    """What ``--json`` prints; see docs/commands.md."""

    path: str
    study: str
    request: str
    instances: int
    effect: str
    message: str


def run_part(directory: str, word: Word, selection: Selection, *, as_json: bool) -> int:
    """Make a request for a part of one study, and tell what came of it.

    Raises:
        StudyError: A name or condition fits nothing, or the conductor refused it.
    """
    from maestro_cli.study.folders import expand_one, require_study
    from maestro_cli.study.workspace_view import open_study

    study = open_study(require_study(expand_one(directory), verb=word))
    report(ask_for(study, word, selection), as_json=as_json)
    return EXIT_OK


def report(record: PartRecord, *, as_json: bool) -> None:
    """Print what came of a request."""
    if as_json:
        say(json.dumps(record))
    else:
        say(f"{clean(record['path'])}: {clean(record['message'])}")


def concerned(study: StudyView, word: Word, selection: Selection) -> list[Instance]:
    """Return the instances that a request would change, as the study stands.

    Raises:
        StudyError: A name or condition fits nothing.
    """
    from maestro_cli.study.selection import require_instances

    return [each for each in require_instances(study, selection) if _CONCERNS[word](each)]


def ask_for(study: StudyView, word: Word, selection: Selection) -> PartRecord:
    """Make a request, and wait a short while for the conductor's answer.

    Raises:
        StudyError: A name or condition fits nothing, or the conductor refused it.
    """
    from maestro_cli.study.answers import await_answer
    from maestro_cli.study.requests import any_waiting, request_part

    found = concerned(study, word, selection)

    def told(instances: int, effect: str, message: str) -> PartRecord:
        return {
            "path": str(study.root),
            "study": study.name,
            "request": word,
            "instances": instances,
            "effect": effect,
            "message": message,
        }

    # What waits to be taken in may make another study of this one.
    if not found and not any_waiting(study.root):
        return told(0, "none", f"nothing was {_DONE[word]}: {_NOTHING[word]}")
    request = request_part(study.root, word, selection)
    if study.holder is None:
        return told(
            len(found),
            "waiting",
            f"{_instances(len(found))} will be {_DONE[word]} once the study goes on: no conductor"
            f" is alive (maestro resume {shell_word(study.root)})",
        )
    answer = await_answer(study.root, request)
    if answer is None:
        return told(
            len(found),
            "waiting",
            f"the conductor (host {study.holder.host}, process {study.holder.pid}) has not answered"
            f" yet; {request} waits for it",
        )
    if not answer.accepted:
        raise StudyError(f"{study.root}: {word} was refused: {answer.message}")
    return told(answer.instances, "in force", answer.message)


def _instances(number: int) -> str:
    return f"{number} instance{'' if number == 1 else 's'}"
