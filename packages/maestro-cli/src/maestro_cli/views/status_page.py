"""Show one study in the form that ``maestro status`` was asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from maestro_cli.study.folders import Kind, kind_of
from maestro_cli.study.instances import BAD_STATES, Instance
from maestro_cli.study.selection import select
from maestro_cli.study.workspace_view import StudyView
from maestro_cli.ui.style import Paint, unicode_ok, width
from maestro_conductor.workspace.regular_files import read_regular

__all__ = ["Form", "of_study", "of_upstream"]


class Form(NamedTuple):
    """In which form a study is shown, and which of its instances.

    Attributes:
        encoding: For people, or for programs.
        content: All instances, those that failed, or none but their number.
        layout: Of the table for people.
        states: Instances in other states are left out; empty: none is.
        patterns: Instances with other names are left out; empty: none is.
    """

    encoding: Literal["text", "json", "csv"]
    content: Literal["all", "failed", "summary"]
    layout: Literal["flat", "legacy", "narrow"] = "flat"
    states: frozenset[str] = frozenset()
    patterns: Sequence[str] = ()


def of_study(study: StudyView, form: Form, *, paint: Paint, first: bool) -> str:
    """Return a study's page, the last line with its line end.

    Args:
        study: The study.
        form: How it is shown.
        paint: Colours.
        first: No study was shown before: CSV begins with a head.
    """
    now = time.time_ns() // 1_000_000
    if form.encoding == "json":
        from maestro_cli.views import as_json

        found = None if form.content == "summary" else _chosen(study, form)
        return as_json.line(study, found, now=now, tails=form.content == "failed") + "\n"
    if form.content == "summary":
        from maestro_cli.views import summary

        return summary.line(study, paint=paint, now=now) + "\n"
    instances = _chosen(study, form)
    if form.content == "failed":
        from maestro_cli.views import failed

        return _joined(failed.lines(study, instances, paint=paint, unicode=unicode_ok()))
    from maestro_cli.views import notes, rows

    table = _table(
        study.root,
        rows.rows(instances, now),
        lambda row: study.parameters(instances[row].number),
        form,
        paint=paint,
        first=first,
    )
    return table if form.encoding == "csv" else table + _joined(notes.lines(study, paint=paint))


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
    rows = _read_upstream(folder)
    if rows is None:
        return None
    return _table(folder, rows, lambda row: _split(rows[row][-1]), form, paint=paint, first=first)


def _chosen(study: StudyView, form: Form) -> list[Instance]:
    """Return the instances that are shown."""
    study.mark_queued()
    instances = study.instances()
    if form.states or form.patterns:
        instances = select(instances, states=form.states, patterns=form.patterns)
    if form.content == "failed":
        instances = [each for each in instances if each.state in BAD_STATES]
    return instances


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


def _read_upstream(folder: Path) -> list[list[str]] | None:
    """Read the rows of a maestrowf 1.x study's ``status.csv``; None: it is no such study."""
    import csv
    import io

    from maestro_cli.views.rows import COLUMNS

    if kind_of(folder) is not Kind.UPSTREAM:
        return None
    try:
        text = read_regular(folder / "status.csv").decode("utf-8", "surrogateescape")
        found = list(csv.DictReader(io.StringIO(text, newline="")))
    except FileNotFoundError:
        return None
    return [[row.get(name) or "" for name in COLUMNS] for row in found]
