"""Add lines below a study's table that say what is wrong and what to do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Protocol

from attrs import field, frozen

from maestro_cli.study.instances import BAD_STATES
from maestro_cli.study.workspace_view import StudyView
from maestro_cli.ui.paths import shorter
from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint
from maestro_cli.views.fit import command, wrap
from maestro_cli.views.time_text import moment, short_duration

if TYPE_CHECKING:
    from maestro_conductor.model.records import RequestRecord


#: Refused requests that are named, and for how long, in ms.
_MOST_REFUSED = 5
_DAY = 86_400_000


@frozen
class Note:
    """A sentence, and perhaps what to type.

    Attributes:
        text: The sentence, or what stands before the command.
        words: The command.
        style: Of the text.
        paint: Colours.
    """

    text: str
    words: tuple[object, ...] = ()
    style: str = ""
    paint: Paint = field(factory=lambda: Paint(on=False))

    def lines(self, width: int | None) -> Iterator[str]:
        """Yield the lines, none wider than the terminal."""
        if self.words:
            yield from command(f"{self.text}: ", self.words, width)
            return
        for line in wrap(self.text, width):
            yield self.paint(line, self.style)


def lines(
    study: StudyView, *, paint: Paint, now: int | None = None, width: int | None = None
) -> Iterator[str]:
    """Yield what a person ought to know; nothing where all is well.

    Args:
        study: The study.
        paint: Colours.
        now: ms since 1970; None: those of the call.
        width: Columns of the terminal; None: lines are not broken.
    """
    for note in items(study, paint=paint, now=now):
        yield from note.lines(width)


def items(study: StudyView, *, paint: Paint, now: int | None = None) -> Iterator[Note]:
    """Yield the same as values, to be fitted to a terminal."""
    say = partial(_note, paint)
    yield from _of_its_state(study, say)
    yield from _of_requests(study, say, time.time_ns() // 1_000_000 if now is None else now)


class _Say(Protocol):
    def __call__(self, text: str, *words: object, style: str = "") -> Note: ...


def _note(paint: Paint, text: str, *words: object, style: str = "") -> Note:
    return Note(text, words, style, paint)


def _of_requests(study: StudyView, say: _Say, now: int) -> Iterator[Note]:
    """Yield what is held, which requests were refused lately, and which wait."""
    where = shorter(study.root)
    if study.held:
        asked = [each for each in study.requests if each["request"] == "hold" and each["accepted"]]
        since = _since(asked[-1]) if asked else ""
        some = "1 instance is" if study.held == 1 else f"{study.held} instances are"
        latest = ", the latest" if len(asked) > 1 else ""
        yield say(f"{some} held{latest}{since}.", style="bold yellow")
        yield say("Let go with", "maestro", "release", where)
    refused = [
        each for each in study.requests if not each["accepted"] and each["time"] > now - _DAY
    ]
    for each in refused[-_MOST_REFUSED:]:
        text = f"Refused: {each['text']}{_since(each, at='at')}: {each['message']}"
        yield say(clean(text), style="red")
    waiting = len(study.waiting_requests) if study.holder is None else 0
    if waiting:
        yield say(f"{waiting} request{' waits' if waiting == 1 else 's wait'} until it goes on.")


def _since(request: RequestRecord, *, at: str = "since") -> str:
    by = f" by {clean(request['by'])}" if request["by"] else ""
    return f" {at} {moment(request['time'])}{by}"


def _of_its_state(study: StudyView, say: _Say) -> Iterator[Note]:
    """Yield from where it came, whether it goes on, and what failed."""
    where = shorter(study.root)
    who = study.last_holder
    origin = study.origin
    if origin is not None and origin.copied:
        yield say(
            f"It is a copy of {clean(origin.path)}: what runs there stays there, and it starts its own."
        )
    elif origin is not None:
        yield say(f"It was moved here from {clean(origin.path)}.")
    if study.state == "DEAD":
        known = (
            f" (host {clean(who.host)}, process {who.pid}, last heard of"
            f" {short_duration(time.time() - who.heartbeat / 1000)} ago)"
            if who
            else ""
        )
        yield say(f"Its conductor died{known}: nothing goes on.", style="bold red")
        yield say("Go on with", "maestro", "resume", where)
    elif study.state == "UNKNOWN":
        from maestro_cli.study.group_access import ask_owner

        lock = clean(study.root / ".maestro/lock")
        yield say(
            f"Whether it goes on is unknown (no access): you may not read {lock}.", style="yellow"
        )
        yield say(clean(ask_owner(study.root)))
    elif study.state == "STOPPED":
        told = "Its conductor was stopped: nothing goes on."
        if study.known.closed == "amended":
            told = "It was amended, and has not been started since."
        yield say(told, style="bold yellow")
        yield say("Go on with", "maestro", "resume", where)
    elif study.state == "STAGED":
        yield say("It was never started.", style="yellow")
        yield say("Start it with", "maestro", "resume", where)
    elif (pause := study.pause) is not None:
        since = "" if pause.since is None else f" since {moment(pause.since)}"
        yield say(f"It stands still{since}: {clean(pause.why)}", style="bold yellow")
        yield say("It goes on by itself once that is resolved; `maestro cancel` works meanwhile.")
    elif study.holder is not None and who is not None and who.trouble:
        since = moment(who.trouble_since)
        yield say(
            f"Its scheduler takes no jobs since {since}: {clean(who.trouble)}", style="yellow"
        )
        yield say("It is asked again and again; nothing else needs to be done once it answers.")
    elif any(study.counts().get(word) for word in BAD_STATES):
        yield say("What failed, and why", "maestro", "status", "--failed", where)
