"""Show one study in the form that ``maestro status`` was asked for."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from maestro_cli.study.instances import BAD_STATES, Instance
from maestro_cli.study.selection import EVERYTHING, Selection, choose, in_states
from maestro_cli.study.workspace_view import StudyView
from maestro_cli.ui.paths import shorter
from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint, unicode_ok, width
from maestro_cli.views.fit import wrap

__all__ = ["Content", "Form", "of_study", "of_upstream"]

#: All instances, those that failed, none but their number, or the events of the study.
Content = Literal["all", "failed", "summary", "history"]


class Form(NamedTuple):
    """In which form a study is shown, and which of its instances.

    Attributes:
        encoding: For people, or for programs.
        content: What of it.
        layout: Of the table for people; None: the overview of a terminal.
        states: Instances in other states are left out; empty: none is.
        selection: Other instances are left out.
        room: Lines that the overview may take; None: as many as it needs.
    """

    encoding: Literal["text", "json", "csv"]
    content: Content
    layout: Literal["flat", "legacy", "narrow"] | None = "flat"
    states: frozenset[str] = frozenset()
    selection: Selection = EVERYTHING
    room: int | None = None


def of_study(study: StudyView, form: Form, *, paint: Paint, first: bool) -> str:
    """Return a study's page, the last line with its line end.

    Args:
        study: The study.
        form: How it is shown.
        paint: Colours.
        first: No study was shown before: CSV begins with a head.
    """
    now = time.time_ns() // 1_000_000
    if form.content == "history":
        return _history(study, form, now, paint=paint)
    if form.encoding == "json":
        from maestro_cli.views import as_json

        found = None if form.content == "summary" else _chosen(study, form)
        return as_json.line(study, found, now=now, tails=form.content == "failed") + "\n"
    if form.encoding == "text" and form.layout is None and form.content == "all":
        return _overview(study, form, now, paint)
    if form.content == "summary":
        from maestro_cli.views import summary

        return summary.line(study, paint=paint, now=now) + "\n"
    instances = _chosen(study, form)
    if form.content == "failed":
        from maestro_cli.views import failed

        return _joined(
            failed.lines(study, instances, paint=paint, unicode=unicode_ok(), width=width())
        )
    from maestro_cli.views import notes, rows

    table = _table(
        study.root,
        rows.rows(instances, now, for_people=form.encoding == "text"),
        lambda row: study.parameters(instances[row].number),
        form,
        paint=paint,
        first=first,
    )
    if form.encoding == "csv":
        return table
    if not instances and (form.selection or form.states):
        table += _joined(_none(study, form))
    return table + _joined(notes.lines(study, paint=paint))


def of_upstream(folder: Path, form: Form, *, paint: Paint, first: bool) -> str | None:
    """Return the page of a maestrowf 1.x study, from its ``status.csv``.

    Args:
        folder: Of any kind.
        form: How it is shown.
        paint: Colours.
        first: As for :func:`of_study`.

    Returns:
        None where the folder is no such study, or the form needs more than that file.
    """
    if form.encoding == "json" or form.content != "all":
        return None
    from maestro_cli.study.upstream_csv import read_upstream_csv
    from maestro_cli.views.rows import COLUMNS

    found = read_upstream_csv(folder)
    if found is None:
        return None
    rows = [[row.get(name, "") for name in COLUMNS] for row in found]
    return _table(folder, rows, lambda row: _split(rows[row][-1]), form, paint=paint, first=first)


def _overview(study: StudyView, form: Form, now: int, paint: Paint) -> str:
    from maestro_cli.views import overview

    which = (
        [each.number for each in _chosen(study, form)] if form.selection or form.states else None
    )
    study.mark_queued()
    if which == []:
        return _joined(_none(study, form))
    screen = overview.Screen(width(), form.room, paint, unicode_ok())
    return _joined(overview.lines(study, screen, now=now, which=which))


def _chosen(study: StudyView, form: Form) -> list[Instance]:
    """Return the instances that are shown."""
    study.mark_queued()
    which = choose(study, form.selection) if form.selection else None
    instances = in_states(study.instances(which), form.states)
    if form.content == "failed":
        instances = [each for each in instances if each.state in BAD_STATES]
    return instances


def _none(study: StudyView, form: Form) -> Iterator[str]:
    """Yield that nothing fits, and what there is."""
    which = choose(study, form.selection) if form.selection else None
    counts = Counter(each.state for each in study.instances(which))
    there = ", ".join(f"{number} {state}" for state, number in counts.most_common())
    some = f" of {form.selection}" if form.selection else ""
    where = clean(shorter(study.root))
    text = f"{where}: nothing{clean(some)} is {' or '.join(sorted(form.states))}; there are {there}"
    yield from wrap(text, width())


def _history(study: StudyView, form: Form, now: int, *, paint: Paint) -> str:
    from maestro_cli.study.history import read_history
    from maestro_cli.views import as_json, history

    events = read_history(study.root)
    if form.encoding == "json":
        return as_json.line(study, None, now=now, history=history.as_records(events)) + "\n"
    return _joined(history.lines(study, events, width=width(), paint=paint))


def _table(
    folder: Path,
    rows: list[list[str]],
    parameters: Callable[[int], Mapping[str, object]],
    form: Form,
    *,
    paint: Paint,
    first: bool,
) -> str:
    from maestro_cli.views import as_csv, flat, legacy, narrow

    title = str(folder)
    if form.encoding == "csv":
        return as_csv.text(title, rows, head=first)
    if form.layout == "legacy":
        return _joined(legacy.lines(title, rows))
    layout = narrow.lines if form.layout == "narrow" else flat.lines
    return _joined(
        layout(title, rows, parameters, width=width(), paint=paint, unicode=unicode_ok())
    )


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _split(text: str) -> dict[str, object]:
    """Read ``NAME:value;NAME:value``, as far as it can be told apart."""
    return {
        name: value for name, _, value in (pair.partition(":") for pair in text.split(";")) if name
    }
