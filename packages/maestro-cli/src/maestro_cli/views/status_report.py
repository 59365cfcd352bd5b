"""What ``maestro status`` does: reads each study, chooses steps, and hands them to a view."""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from maestro_cli.errors import EXIT_OK, UsageError
from maestro_cli.study.folders import Kind, expand, kind_of, require_study
from maestro_cli.study.instances import BAD_STATES, Instance
from maestro_cli.study.selection import select
from maestro_cli.study.workspace_view import StudyView, open_study
from maestro_cli.ui import failures
from maestro_cli.ui.pager import page
from maestro_cli.ui.style import Paint, unicode_ok, width
from maestro_conductor.workspace.regular_files import read_regular


def show_status(args: argparse.Namespace) -> int:
    """Shows all studies; gives the highest of their exit codes."""
    states = wanted_states(args.state)
    folders = expand(args.directory)
    paint = Paint(on=False if args.disable_theme else None)
    if args.watch:
        from maestro_cli.views.watch import watch

        return watch([require_study(folder, verb="watch") for folder in folders], args, paint)
    pages: list[str] = []

    def look(folder: Path) -> int:
        if args.csv or not (args.json or args.summary or args.failed):
            upstream = _upstream_csv(folder)
            if upstream is not None:
                pages.append(
                    _table(
                        args,
                        folder,
                        upstream,
                        lambda row: _split(upstream[row][-1]),
                        paint,
                        first=not pages,
                    )
                )
                return EXIT_OK
        study = open_study(require_study(folder, verb="show"))
        pages.append(_page(args, study, states, paint, first=not pages))
        return study.exit_code

    # This process builds what it shows and ends: looking for cycles is a quarter of its time.
    gc.disable()
    try:
        codes = [failures.attempt(partial(look, folder), as_json=args.json) for folder in folders]
    finally:
        gc.freeze()
        gc.enable()
    separator = "" if args.json or args.csv or args.summary else "\n"
    machine = args.json or args.csv
    page(separator.join(pages), pager=not (machine or args.disable_pager))
    return max(codes)


def wanted_states(given: list[str]) -> set[str]:
    """The states of ``--state``, each checked.

    Raises:
        UsageError: There is no such state.
    """
    from maestro_conductor.model.states import NAMES

    wanted = {word.strip().upper() for text in given for word in text.split(",") if word.strip()}
    unknown = sorted(wanted - set(NAMES))
    if unknown:
        raise UsageError(
            f"there is no state {', '.join(unknown)}", hint=f"states are {', '.join(NAMES)}"
        )
    return wanted


def _page(
    args: argparse.Namespace, study: StudyView, states: set[str], paint: Paint, *, first: bool
) -> str:
    now = time.time_ns() // 1_000_000
    if args.summary and not args.json:
        from maestro_cli.views import summary

        return summary.line(study, paint=paint, now=now) + "\n"
    if args.json:
        from maestro_cli.views import as_json

        found = None if args.summary else _chosen(args, study, states)
        return as_json.line(study, found, now=now, tails=args.failed) + "\n"
    instances = _chosen(args, study, states)
    if args.failed:
        from maestro_cli.views import failed

        return _joined(failed.lines(study, instances, paint=paint, unicode=unicode_ok()))
    from maestro_cli.views import notes, rows

    table = _table(
        args,
        study.root,
        rows.rows(instances, now),
        lambda row: study.parameters(instances[row].number),
        paint,
        first=first,
    )
    return table if args.csv else table + _joined(notes.lines(study, paint=paint))


def _chosen(args: argparse.Namespace, study: StudyView, states: set[str]) -> list[Instance]:
    """What ``--state``, ``--step`` and ``--failed`` leave of the instances."""
    study.mark_queued()
    instances = study.instances()
    if states or args.step:
        instances = select(instances, states=states, patterns=args.step)
    if args.failed:
        instances = [each for each in instances if each.state in BAD_STATES]
    return instances


def _table(
    args: argparse.Namespace,
    folder: Path,
    rows: list[list[str]],
    parameters: Callable[[int], Mapping[str, object]],
    paint: Paint,
    *,
    first: bool,
) -> str:
    from maestro_cli.views import as_csv, flat, legacy, narrow

    title = str(folder)
    if args.csv:
        return as_csv.text(title, rows, head=first)
    if args.layout == "legacy":
        return _joined(legacy.lines(title, rows))
    layout = narrow.lines if args.layout == "narrow" else flat.lines
    return _joined(
        layout(
            title,
            rows,
            parameters,
            width=width(),
            paint=paint,
            unicode=unicode_ok(),
        )
    )


def _joined(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _split(text: str) -> dict[str, object]:
    """``NAME:value;NAME:value``, as far as it can be told apart."""
    return {
        name: value for name, _, value in (pair.partition(":") for pair in text.split(";")) if name
    }


def _upstream_csv(folder: Path) -> list[list[str]] | None:
    """The rows of a maestrowf 1.x study's ``status.csv``; None: it is no such study."""
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
