"""Show what was asked of a study, and when it was run: ``--history``."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from maestro_cli.study.history import Event
from maestro_cli.study.workspace_view import StudyView
from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint
from maestro_cli.views.theme import state_style
from maestro_cli.views.time_text import Moments

#: Columns of a moment and the gap behind it.
_INDENT = 21
#: Parts of an amendment that are named, in their order.
_PARTS = ("kept", "changed", "again", "new", "gone")


def lines(
    study: StudyView, events: Sequence[Event], *, width: int | None, paint: Paint
) -> Iterator[str]:
    """Yield the lines about all events of a study, the oldest first.

    Args:
        study: The study.
        events: Its events.
        width: Columns of the terminal; None: lines are not folded.
        paint: Colours.
    """
    yield f"{paint(clean(study.root), 'bold')}: {paint(study.state, state_style(study.state))}"
    if not events:
        yield "Nothing was asked of it so far."
    moment = Moments()
    for event in _worth_telling(events):
        text = clean(_text(event))
        folded = [text] if width is None else textwrap.wrap(text, max(20, width - _INDENT)) or [""]
        style = _style(event)
        for number, part in enumerate(folded):
            head = paint(f"{moment(event.time)}  ", "dim") if not number else " " * _INDENT
            yield head + paint(part, style)


def _worth_telling(events: Sequence[Event]) -> Iterator[Event]:
    """Yield the events without those that say again what was just told.

    An amendment stands behind the request for it, and the conductor that took it in before and after.
    """
    asked: Event | None = None
    running: object = None
    for event in events:
        who = (event.record.get("host"), event.record.get("pid"))
        if event.kind == "opened" and who == running:
            continue
        if event.kind in ("opened", "ended", "closed"):
            running = who if event.kind == "opened" else None
        is_told = asked is not None and _text(event).endswith(str(asked.record["message"]))
        if event.kind != "amended" or not is_told:
            yield event
        is_amend = event.kind == "request" and event.record.get("request") == "amend"
        asked = event if is_amend and event.record.get("message") else None


def as_records(events: Sequence[Event]) -> list[dict[str, object]]:
    """Return the events as programs read them; see docs/commands.md. Times are s since 1970."""
    return [
        {
            "time": event.time / 1000,
            "event": event.kind,
            **{name: event.record.get(name) for name in FIELDS[event.kind]},
        }
        for event in events
    ]


#: Kind of an event → what programs read of it.
FIELDS = {
    "request": ("request", "by", "text", "accepted", "instances", "message"),
    "opened": ("host", "pid", "root"),
    "amended": ("by", "amendment", *_PARTS),
    "ended": ("state", "exit_code"),
    "closed": ("reason",),
}


def _style(event: Event) -> str:
    if event.kind == "request":
        return "" if event.record.get("accepted", True) else "red"
    if event.kind == "ended":
        return state_style(str(event.record["state"]))
    return "" if event.kind == "amended" else "dim"


def _text(event: Event) -> str:
    record = event.record
    if event.kind == "request":
        refused = "" if record.get("accepted", True) else "refused: "
        asked = str(record.get("text") or record.get("request"))
        said = str(record.get("message") or "")
        told = f" — {refused}{said}" if said and not asked.endswith(said) else ""
        return f"{_who(record)}{asked}{told}"
    if event.kind == "opened":
        return f"run by process {record['pid']} on {record['host']}"
    if event.kind == "amended":
        parts = ", ".join(f"{name} {record[name]}" for name in _PARTS if name in record)
        return f"{_who(record)}amended: {parts}"
    if event.kind == "ended":
        return f"ended: {record['state']}"
    return f"left by its conductor: {record['reason']}"


def _who(record: Mapping[str, object]) -> str:
    by = record.get("by")
    return f"{by}: " if by else ""
