"""Show a study on a terminal: a head, a line per step, and as many instances as fit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from attrs import frozen

from maestro_cli.study.standing import Standing, standing
from maestro_cli.study.tally import sort_by_word
from maestro_cli.study.workspace_view import StudyView
from maestro_cli.ui.paths import shorter
from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint
from maestro_cli.views import instance_list, notes, step_table
from maestro_cli.views.fit import command, cut_middle, joined, wrap
from maestro_cli.views.table import cells
from maestro_cli.views.theme import state_style
from maestro_cli.views.time_text import clock, short_duration, zoned

__all__ = ["STATE_WORDS", "Screen", "head", "lines"]

#: A study's state, in words.
STATE_WORDS = {
    "STAGED": "never started",
    "RUNNING": "running",
    "FINISHED": "finished",
    "FAILED": "failed",
    "CANCELLED": "cancelled",
    "DRYRUN": "dry run",
    "STOPPED": "stopped",
    "DEAD": "dead",
    "UNKNOWN": "unknown",
}
#: Lines for steps and for instances at least, however low the terminal is.
_LEAST = 4


@frozen
class Screen:
    """What a terminal shows.

    Attributes:
        width: Its columns; None: no limit.
        room: Its lines for a study; None: no limit, so all steps and instances are shown.
        paint: Colours.
        unicode: Whether it has more than ASCII.
    """

    width: int | None
    room: int | None
    paint: Paint
    unicode: bool = True


def lines(
    study: StudyView,
    screen: Screen,
    *,
    now: int,
    which: Collection[int] | None = None,
) -> Iterator[str]:
    """Yield the lines, none of which is wider than the terminal.

    Args:
        study: The study; what may run is marked as queued.
        screen: The terminal.
        now: ms since 1970.
        which: The instances that were asked for; None: all.
    """
    width, paint = screen.width, screen.paint
    numbers: Sequence[int] = range(study.total) if which is None else sorted(which)
    top = list(head(study, standing(study, now), screen, now=now))
    below = [
        line for note in notes.items(study, paint=paint, now=now) for line in note.lines(width)
    ]
    chosen = set(numbers) if which is not None else None
    rows = []
    for step in study.steps:
        mine: Sequence[int] = range(step.first, step.first + step.size)
        if chosen is not None:
            mine = [number for number in mine if number in chosen]
        if mine or chosen is None:
            found = sort_by_word(study.known, mine)
            counts = {word: len(some) for word, some in found.items()}
            rows.append(step_table.StepRow(step.name, len(mine), counts))
    total = _total(rows) if len(rows) > 1 else None
    room = None
    if screen.room is not None:
        # Besides: blank lines, heads of the tables, the line of all, what is left out, and a prompt.
        room = screen.room - len(top) - len(below) - 8 - (total is not None)
    shown_rows = rows
    if room is not None and len(rows) > max(_LEAST, room // 2):
        room -= 1
        shown_rows = step_table.choose_rows(rows, max(_LEAST, room // 2))
    yield from top
    yield ""
    yield from step_table.lines(
        shown_rows, total=total, width=width, paint=paint, unicode=screen.unicode
    )
    if len(shown_rows) < len(rows):
        dots = "…" if screen.unicode else "..."
        yield paint(f"{dots} and {len(rows) - len(shown_rows)} more steps", "dim")
    yield ""
    by_word = sort_by_word(study.known, numbers)
    left = None if room is None else max(_LEAST, room - len(shown_rows))
    picked = instance_list.choose(by_word, left)
    yield from instance_list.lines(
        study, study.instances(picked), now=now, width=width, paint=paint, unicode=screen.unicode
    )
    rest = len(numbers) - len(picked)
    if rest:
        more = f"{'…' if screen.unicode else '...'} and {rest} more: "
        for line in command(more, ["maestro", "status", "--all", shorter(study.root)], width):
            yield paint(line, "dim")
    if below:
        yield ""
        yield from below


def _total(rows: Sequence[step_table.StepRow]) -> step_table.StepRow:
    counts: dict[str, int] = {}
    for row in rows:
        for word, number in row.counts.items():
            counts[word] = counts.get(word, 0) + number
    return step_table.StepRow("all", sum(row.size for row in rows), counts)


def head(study: StudyView, how: Standing, screen: Screen, *, now: int) -> Iterator[str]:
    """Yield the study's name, its state, its folder, and how far it is in time."""
    width, paint = screen.width, screen.paint
    word = "standing still" if study.pause is not None else STATE_WORDS[study.state]
    name, place = clean(study.name), f"in {clean(shorter(study.root))}"
    if width is not None:
        name = cut_middle(name, max(1, width - len(word) - 2), unicode=screen.unicode)
    first = f"{paint(name, 'bold')}  {paint(word, state_style(study.state))}"
    fits = width is None or cells(name) + len(word) + cells(place) + 4 <= width
    yield f"{first}  {paint(place, 'dim')}" if fits else first
    between = " · " if screen.unicode else ", "
    for line in joined(list(_times(study, how, now)), width, between=between):
        yield paint(line, "dim")
    for line in joined(list(_use(study, how)), width, between=between):
        yield paint(line, "dim")
    for line in wrap(place, width) if not fits else ():
        yield paint(line, "dim")


def _times(study: StudyView, how: Standing, now: int) -> Iterator[str]:
    if how.began is None:
        if study.created:
            yield f"made {zoned(study.created)}"
        return
    yield f"since {zoned(how.began)}"
    idle = f" and {short_duration(how.idle)} idle" if how.idle >= 1 else ""
    if study.state == "RUNNING":
        yield f"{short_duration(how.worked)} so far{idle}"
        if how.left is not None:
            ends = clock(now + round(how.left.left * 1000), now)
            finished = f"from {how.left.finished} finished"
            yield f"ends about {ends}, in {short_duration(how.left.left)} ({finished})"
        return
    if how.ended is not None:
        yield f"until {clock(how.ended, how.began)}"
    yield f"{short_duration(how.worked)} of work{idle}"


def _use(study: StudyView, how: Standing) -> Iterator[str]:
    """Yield which jobs there are, where the study goes on."""
    if study.state != "RUNNING":
        return
    jobs = "1 job" if how.started == 1 else f"{how.started or 'no'} jobs"
    yield f"{jobs} started in {how.slots} slots" if how.slots else f"{jobs} started"
    if how.waiting:
        yield f"{how.waiting} submitted and not started"
    if how.throttle:
        yield f"at most {how.throttle} submitted at once"
