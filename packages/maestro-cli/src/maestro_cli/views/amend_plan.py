"""Show what an amendment does, before it is done: on one screen, however large the study is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint
from maestro_cli.views.time_text import short_duration

if TYPE_CHECKING:
    from maestro_conductor.core.amendment import Affected, AmendPlan

__all__ = ["Shown", "counted", "lines", "question", "renaming"]

#: The parts of a plan, in their order, and their colours.
_PARTS = {
    "kept": "green",
    "changed": "bold yellow",
    "again": "yellow",
    "new": "bold cyan",
    "gone": "magenta",
}
#: A plan has no more lines, so that it and the question below it fit a terminal of 24.
_LINES = 23
#: Names of that many folders or steps are given; of the others their number.
_MOST_NAMES = 3
#: Columns of the words that lines begin with.
_COLUMN = 10


@frozen
class Shown:
    """An amendment as it is shown.

    Attributes:
        study: The study's name.
        root: Its folder.
        study_file: The study file that takes effect.
        taken_along: Options of the command line that hold on from when it was made.
        plan: What becomes of the instances.
        study_changes: What of the whole study is another one: ``batch.queue``.
        sizes: Number of instances of each step as it is: step → number.
        lost_time: Seconds that those took which have finished and run again.
    """

    study: str
    root: str
    study_file: str
    taken_along: Sequence[str]
    plan: AmendPlan
    study_changes: Sequence[str]
    sizes: Mapping[str, int]
    lost_time: float


def lines(shown: Shown, *, paint: Paint, unicode: bool, width: int | None) -> Iterator[str]:
    """Yield the plan: at most 23 lines of 80 columns.

    Args:
        shown: The amendment.
        paint: Colours.
        unicode: Whether the stream holds more than ASCII.
        width: Columns; None: 80, as the lines are for people all the same.
    """
    columns = max(40, width or 80)
    heads = {"Study": shown.study, "Folder": shown.root, "Study file": shown.study_file}
    if shown.taken_along:
        heads["As before"] = _shortened(" ".join(shown.taken_along), columns - 11, unicode)
    for name, text in heads.items():
        yield f"{paint(f'{name:<{_COLUMN}}', 'bold')} {clean(text)}"
    yield ""
    summary = list(_summary(shown.plan, paint, unicode, columns))
    below = [line for sentence in _sentences(shown) for line in _told(sentence, paint, columns)]
    yield from summary
    yield ""
    # The terminal folds long paths.
    above = sum(1 + (_COLUMN + len(clean(text))) // columns for text in heads.values())
    room = _LINES - above - len(summary) - len(below) - 3
    yield from _table(shown, paint, unicode, max(1, room - 2))
    yield ""
    yield from below


def counted(number: int, one: str = "instance") -> str:
    """Return ``1 instance``, ``2 instances``."""
    return f"{number} {one}{'' if number == 1 else 's'}"


def question(plan: AmendPlan) -> str:
    """Return the question whether to do it: it says all that cannot be taken back."""
    lost, new, gone = len(plan.lost), len(plan.new), len(plan.gone)
    parts = [f"{lost} finished will run again" if lost else "nothing finished is lost"]
    others = len(plan.changed) + len(plan.again) - lost
    if others and lost:
        parts.append(f"so will {others} unfinished")
    elif others:
        parts.append(f"{others} unfinished {'is' if others == 1 else 'are'} changed")
    if new:
        parts.append(f"{new} {'is' if new == 1 else 'are'} new")
    if gone:
        parts.append(f"{gone} {'is' if gone == 1 else 'are'} forgotten")
    return f"Amend it? {', '.join(parts)}."


def renaming(plan: AmendPlan) -> str | None:
    """Return what to say, before a second question, of steps that keep nothing; None: there are none."""
    names = plan.renamed
    if not names:
        return None
    number = sum(each.step in names for each in plan.gone)
    steps = _named(names)
    if len(names) == 1:
        return (
            f"The parameters of {steps} are others now, and so are the names of its instances: "
            f"none of its {number} is kept."
        )
    return (
        f"The parameters of {len(names)} steps ({steps}) are others now, and so are the names of "
        f"their instances: none of these {number} is kept."
    )


def _summary(plan: AmendPlan, paint: Paint, unicode: bool, columns: int) -> Iterator[str]:
    """Yield ``kept 45 · changed 15 (simulate: cmd) · …``, folded between its parts."""
    separator = " · " if unicode else ", "
    notes = {
        "changed": _shortened(_what_changed(plan.changed), 40, unicode),
        "again": _after(plan) if plan.again else "",
    }
    line, length = "", 0
    for name, style in _PARTS.items():
        number = plan.counts[name]
        note = f" ({notes[name]})" if notes.get(name) else ""
        plain = f"{name} {number}{note}"
        part = (paint(f"{name} {number}", style) if number else f"{name} {number}") + note
        if line and length + len(separator) + len(plain) > columns:
            yield line
            line, length = "  ", 2
        elif line:
            line, length = line + separator, length + len(separator)
        line, length = line + part, length + len(plain)
    yield line


def _after(plan: AmendPlan) -> str:
    before = [word for word, some in (("changed", plan.changed), ("new", plan.new)) if some]
    return f"after a {' or '.join(before or ['changed'])} one"


def _what_changed(changed: Sequence[Affected]) -> str:
    """Return ``simulate: cmd, resources; post: cmd``; of many steps only what and how many."""
    by_step: dict[str, dict[str, None]] = {}
    for each in changed:
        by_step.setdefault(each.step, {}).update(dict.fromkeys(each.differs))
    if len(by_step) > 2:
        words = dict.fromkeys(word for found in by_step.values() for word in found)
        return clean(f"{', '.join(words)} of {len(by_step)} steps")
    return clean("; ".join(f"{step}: {', '.join(words)}" for step, words in by_step.items()))


def _table(shown: Shown, paint: Paint, unicode: bool, most: int) -> Iterator[str]:
    """Yield a line for each step with something that is not kept; of too many, for the largest."""
    rows = _by_step(shown)
    touched = [step for step, row in rows.items() if any(list(row.values())[1:])]
    if len(touched) > most:
        largest = sorted(touched, key=lambda step: -sum(list(rows[step].values())[1:]))
        listed = set(largest[:most])
    else:
        listed = set(touched)
    named = [clean(_shortened(step, 30, unicode)) for step in rows if step in listed]
    wide = max(_COLUMN, *map(len, named), 0) if named else _COLUMN
    yield paint(f"{'step':<{wide}}" + "".join(f"{name:>9}" for name in _PARTS), "bold")
    for name, step in zip(named, (step for step in rows if step in listed), strict=True):
        cells = (
            paint(f"{number or '-':>9}", style if number else "dim")
            for number, style in zip(rows[step].values(), _PARTS.values(), strict=True)
        )
        yield f"{name:<{wide}}" + "".join(cells)
    rest = []
    if others := len(touched) - len(listed):
        rest.append(f"{'…' if unicode else '...'} and {others} more")
    if same := len(rows) - len(touched):
        rest.append("1 step stays as it is" if same == 1 else f"{same} steps stay as they are")
    if rest:
        yield "; ".join(rest)


def _by_step(shown: Shown) -> dict[str, dict[str, int]]:
    """Return how many instances of each step are kept, changed, again, new, gone."""
    rows = {
        step: {"kept": size, **dict.fromkeys(list(_PARTS)[1:], 0)}
        for step, size in shown.sizes.items()
    }
    for name in list(_PARTS)[1:]:
        for each in getattr(shown.plan, name):
            row = rows.setdefault(each.step, dict.fromkeys(_PARTS, 0))
            row[name] += 1
            if name != "new":
                row["kept"] -= 1
    return rows


def _sentences(shown: Shown) -> Iterator[tuple[str, str, str, Sequence[str]]]:
    """Yield what is kept and what is lost: a word, its colour, a sentence, names behind it."""
    plan = shown.plan
    if shown.study_changes:
        others = [name for name in shown.study_changes if name != "results"]
        said = [f"{_named(others)}, for what is submitted from now on."] if others else []
        if others != list(shown.study_changes):
            said.append("What is read as results.")
        yield "Changed", "bold yellow", " ".join(said), ()
    if plan.kept:
        text = f"{counted(plan.kept)}: results, logs and what runs now stay."
        if plan.left:
            number = len(plan.left)
            text += (
                f" {number} of them {'is' if number == 1 else 'are'} left though not up to date."
            )
        yield "Kept", "green", text, ()
    if plan.lost:
        time = short_duration(shown.lost_time)
        what = (
            f"1 finished instance ({time} of work) runs again in its folder"
            if len(plan.lost) == 1
            else f"{len(plan.lost)} finished instances ({time} of work) run again in their folders"
        )
        text = f"{what}, over the results there. Logs stay."
        yield "Lost", "bold red", text, ()
    if plan.stopped:
        text = f"{counted(len(plan.stopped), 'job')} submitted or started, cancelled first."
        yield "Stopped", "bold yellow", text, ()
    if plan.held:
        number = len(plan.held)
        whose = "is held as the rest of its" if number == 1 else "are held as the rest of their"
        text = f"{counted(number, 'new instance')} {whose} step is: maestro release lets go."
        yield "Held", "bold yellow", text, ()
    if plan.gone:
        folders = [each.workspace for each in plan.gone]
        what = "its folder stays" if len(folders) == 1 else "their folders stay"
        text = f"{counted(len(folders))}: no longer in the study; {what}"
        yield "Gone", "magenta", text, folders


def _told(
    sentence: tuple[str, str, str, Sequence[str]], paint: Paint, columns: int
) -> Iterator[str]:
    """Yield a sentence, its word before it; two lines at most."""
    name, style, text, names = sentence
    folded = _folded(clean(text), [clean(each) for each in names], columns - _COLUMN - 1)
    for number, line in enumerate(folded):
        head = "" if number else name
        yield f"{paint(f'{head:<{_COLUMN}}', style)} {line}"


def _folded(text: str, names: Sequence[str], columns: int) -> list[str]:
    """Fold a sentence, with as many of the names behind it as leave it two lines."""
    folded: list[str] = []
    for most in range(min(_MOST_NAMES, len(names)), -1, -1):
        behind = f": {_named(names, most)}" if most else ""
        folded = textwrap.wrap(text + behind, columns, break_on_hyphens=False)
        if len(folded) <= 2:
            break
    return folded


def _named(names: Sequence[str], most: int = _MOST_NAMES) -> str:
    """Return the first of some names, and how many more there are."""
    shown = list(names[:most])
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _shortened(text: str, most: int, unicode: bool) -> str:
    dots = "…" if unicode else "..."
    return text if len(text) <= most else text[: most - len(dots)] + dots
