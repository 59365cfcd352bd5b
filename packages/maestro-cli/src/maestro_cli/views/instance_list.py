"""Show a line per instance: name, how long, and its state in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from maestro_cli.study.causes import cause
from maestro_cli.study.instances import Instance
from maestro_cli.study.standing import blocked_by
from maestro_cli.study.tally import blocked, blocker_in
from maestro_cli.study.workspace_view import StudyView
from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint
from maestro_cli.views.fit import cut, cut_middle, pad
from maestro_cli.views.table import cells
from maestro_cli.views.theme import word_style
from maestro_cli.views.time_text import clock, short_duration

__all__ = ["choose", "describe", "lines"]

#: What people look for first.
_ORDER = (
    *("failed", "running", "unknown", "held", "queued", "blocked", "waiting", "cancelled"),
    *("finished", "skipped"),
)
#: Columns from which on a duration, a start time, and a folder is shown.
_WITH_TIME, _WITH_START, _WITH_FOLDER = 40, 100, 150
#: Columns of the state's text at least.
_STATE = 24


def choose(found: Mapping[str, Sequence[int]], room: int | None) -> list[int]:
    """Return as many instances as fit, what failed and what runs first.

    Args:
        found: The instances by their words.
        room: How many fit; None: all.
    """
    if room is None:
        return [number for word in _ORDER for number in found.get(word, ())]
    failed, running = found.get("failed", ()), found.get("running", ())
    # Neither hides the other: what runs gets half of the lines, if it needs them.
    for_failed = max(room - len(running), room - room // 2)
    chosen = [*failed[:for_failed], *running]
    rest = (number for word in _ORDER[2:] for number in found.get(word, ()))
    for number in rest:
        if len(chosen) >= room:
            break
        chosen.append(number)
    return chosen[:room]


def lines(
    study: StudyView,
    instances: Iterable[Instance],
    *,
    now: int,
    width: int | None,
    paint: Paint,
    unicode: bool,
) -> Iterator[str]:
    """Yield the head and a line per instance, none wider than the terminal."""
    rows = []
    for each in instances:
        word, text = describe(study, each, now)
        took = each.run_time(now) if each.state != "PENDING" else each.elapsed(now)
        start = "" if each.started is None else clock(each.started, now)
        took_text = "" if took is None else short_duration(took)
        rows.append((clean(each.name), took_text, start, text, clean(each.workspace), word))
    if not rows:
        return
    heads = ("instance", "time", "started", "state", "folder")
    sizes = [max(len(head), *(cells(row[i]) for row in rows)) for i, head in enumerate(heads)]
    shown = [0, 3] if width is not None and width < _WITH_TIME else [0, 1, 3]
    if width is None or width >= _WITH_START:
        shown.insert(2, 2)
    if width is None or width >= _WITH_FOLDER:
        shown.append(4)
    if width is not None:
        _narrow(sizes, shown, width)

    def line(row: Sequence[str], style: str = "") -> str:
        parts = []
        for i in shown:
            # What blocks is named at the end: both ends of that text are worth keeping.
            is_name = i in (0, 4) or (i == 3 and row[i].startswith("blocked by"))
            shorten = cut_middle if is_name else cut
            text = pad(shorten(row[i], sizes[i], unicode=unicode), sizes[i], right=i == 1)
            is_last = i == shown[-1]
            text = text.rstrip() if is_last else text
            own = style or ("" if i == 0 else word_style(row[5]) if i == 3 else "dim")
            parts.append(paint(text, own) if own else text)
        return "  ".join(parts).rstrip()

    yield line(heads, "dim")
    for row in rows:
        yield line(row)


def _narrow(sizes: list[int], shown: Sequence[int], width: int) -> None:
    """Make columns narrower until all fit: the folder, the state, and then the name."""
    for i, least in ((4, 20), (3, _STATE), (0, 12), (3, 8), (0, 4)):
        over = sum(sizes[j] for j in shown) + 2 * (len(shown) - 1) - width
        if i in shown and over > 0:
            sizes[i] = max(min(sizes[i], least), sizes[i] - over)


def describe(study: StudyView, instance: Instance, now: int) -> tuple[str, str]:
    """Return the word for an instance's state, and a text of a few more."""
    state, reason = instance.state, clean(instance.reason or "")
    if blocked(state, instance.submitted):
        name = blocked_by(study, instance.number)
        return "blocked", f"blocked by {clean(name)}" if name else f"blocked: {reason}"
    if state in ("FAILED", "TIMEDOUT", "HWFAILURE", "INCOMPLETE"):
        why = clean(cause(instance))
        # The reasons of these say the same in other words.
        known = why.startswith(("exit code", "signal")) and reason.startswith(
            ("exit code", "ended by")
        )
        more = f": {reason}" if reason and not known and reason != why else ""
        return "failed", f"failed: {why}{more}"
    if instance.held and state in ("INITIALIZED", "QUEUED", "WAITING"):
        return "held", "held"
    if state in ("RUNNING", "FINISHING"):
        what = "running" if state == "RUNNING" else "ending"
        job = f", job {clean(instance.job)}" if instance.job else ""
        return "running", f"{what}{job}{f': {reason}' if reason else ''}"
    if state == "PENDING":
        job = f", job {clean(instance.job)}" if instance.job else ""
        return "queued", f"queued{job}{f': {reason}' if reason else ''}"
    if state == "CANCELLED":
        name = blocker_in(instance.reason)
        why = f"blocked by {clean(name)}" if name else reason
        return "cancelled", f"cancelled{f': {why}' if why else ''}"
    if state == "FINISHED":
        at = "" if instance.ended is None else f" {clock(instance.ended, now)}"
        return "finished", f"finished{at}"
    return _OTHERS[state][0], _OTHERS[state][1] + (f": {reason}" if reason else "")


_OTHERS = {
    "INITIALIZED": ("waiting", "waiting for other steps"),
    "QUEUED": ("queued", "queued: may run"),
    "WAITING": ("queued", "tried again later"),
    "UNKNOWN": ("unknown", "being asked for"),
    "DRYRUN": ("finished", "not run: a dry run"),
    "SKIPPED": ("skipped", "skipped"),
}
