"""Collect the results of a study's instances as one table. Reads the workspace."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timezone
from types import TracebackType
from typing import TYPE_CHECKING

from attrs import define, frozen

from maestro_cli.__about__ import __version__
from maestro_cli.errors import StudyError
from maestro_cli.results.columns import FIXED, MOST_COLUMNS, Column, Columns, Origin
from maestro_cli.results.declared import Declared, read_declared
from maestro_cli.results.files import rows_of
from maestro_cli.results.spool import Spool
from maestro_cli.results.values import Cell, cell_of

if TYPE_CHECKING:
    from maestro_cli.study.instances import Instance
    from maestro_cli.study.workspace_view import StudyView
    from maestro_conductor.workspace.graph_file import GraphFile

__all__ = ["Table", "Trouble", "collect"]

#: Instances that are read at once.
_CHUNK = 2000
#: Kinds of trouble that are told apart.
_MOST_TROUBLES = 100


@define
class Trouble:
    """A file of some instances of which nothing could be read, for one reason."""

    file: str
    reason: str
    count: int
    example: str


@frozen
class Table:
    """All rows of a study.

    Attributes:
        about: Where it comes from: name → text or number, for whoever finds the file.
        columns: Their names and what is in them.
        troubles: Files that could not be read.
        left_out: Results that were left out as there are too many.
        spool: The rows.
        several: Instances may have several rows.
    """

    about: dict[str, object]
    columns: list[Column]
    troubles: list[Trouble]
    left_out: int
    spool: Spool
    several: bool = False

    def __len__(self) -> int:
        return self.spool.count

    def __iter__(self) -> Iterator[list[Cell]]:
        return self.spool.rows(len(self.columns))

    def __enter__(self) -> Table:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.spool.__exit__(kind, error, trace)


def collect(
    study: StudyView,
    chosen: Sequence[int] | None,
    *,
    states: Collection[str] = (),
    all_rows: bool = False,
    where: str = "",
) -> Table:
    """Collect the results of instances.

    Args:
        study: The study.
        chosen: Its instances; None: those of all steps that say what they yield.
        states: Only those in one of these; none: all.
        all_rows: A row for each one of a file that has several, not of its last one alone.
        where: How the instances were chosen, for people.

    Raises:
        StudyError: No step says what it yields.
        maestro_conductor.errors.ConductorError: A file of the study is damaged.
    """
    from maestro_conductor.workspace.graph_file import GraphFile

    graph = study.graph
    steps = [step for step in graph.steps if step.results]
    if chosen is None:
        if not steps:
            raise StudyError(
                f"no step of {study.root} says what it yields",
                hint="name files and values in `results` of a step, and `maestro amend` the study",
            )
        chosen = [i for step in steps for i in range(step.first, step.first + step.count)]
    study.mark_queued()
    collector = _Collector(study, chosen, all_rows=all_rows)
    file = GraphFile(study.root, graph)
    spool = Spool()
    try:
        for start in range(0, len(chosen), _CHUNK):
            for instance in study.instances(chosen[start : start + _CHUNK]):
                if not states or instance.state in states:
                    collector.add(instance, file, spool)
    except BaseException:
        spool.__exit__(None, None, None)
        raise
    finally:
        file.close()
    about = _about(study, where)
    about["rows"] = spool.count
    columns = collector.columns.finished()
    left_out = len(collector.columns.left_out)
    return Table(about, columns, collector.troubles, left_out, spool, collector.several)


def _about(study: StudyView, where: str) -> dict[str, object]:
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return {
        "study": study.name,
        "folder": str(study.root),
        "study_id": study.study_id,
        "state": study.state,
        "amendments": len(study.known.amended),
        "instances": where or "all with results",
        "written": now,
        "writer": f"maestro {__version__}",
    }


class _Collector:
    """Makes rows of instances.

    Attributes:
        columns: Of the table.
        several: Instances may have several rows.
    """

    def __init__(self, study: StudyView, chosen: Sequence[int], *, all_rows: bool) -> None:
        graph = study.graph
        self._root = study.root
        self._graph = graph
        self._all_rows = all_rows
        self._now = int(time.time() * 1000)
        self._amended = [record["time"] for record in study.known.amended]
        self._declared = [read_declared(step.results) for step in graph.steps]
        steps = sorted({graph.step_of[i] for i in chosen})
        used = {name for step in steps for name in graph.steps[step].record["parameters"]}
        self._parameters = [name for name in graph.header["parameters"] if name in used]
        several = all_rows and any(each.all_rows for s in steps for each in self._declared[s])
        before, behind = FIXED
        names: list[tuple[str, Origin]] = [(name, "instance") for name in before]
        names += [(name, "parameter") for name in self._parameters]
        names += [(name, "instance") for name in behind]
        names += [("amendment", "instance")] if self._amended else []
        names += [("row", "instance")] if several else []
        named = {s: [c for d in self._declared[s] for c in d.columns or ()] for s in steps}
        known = dict.fromkeys(column for s in steps for column in named[s])
        self.columns = Columns([*names, *((name, "result") for name in known)])
        for step in steps:
            self.columns.expect(graph.steps[step].name, named[step])
        self.several = several
        self._empty: list[Cell] = [None] * (len(names) + len(known) + MOST_COLUMNS)
        self._troubles: dict[tuple[str, str], Trouble] = {}

    @property
    def troubles(self) -> list[Trouble]:
        """Files that could not be read, those of most instances first."""
        return sorted(self._troubles.values(), key=lambda each: -each.count)

    def add(self, instance: Instance, file: GraphFile, spool: Spool) -> None:
        """Add the rows of an instance."""
        number = instance.number
        step = self._graph.step_of[number]
        declared = self._declared[step]
        if self._graph.own_results[number]:
            declared = read_declared(file.results_of(number))
        rows = rows_of(
            self._root,
            instance.workspace,
            declared,
            all_rows=self._all_rows,
            trouble=lambda name, why: self._note(declared, step, name, why, instance.name),
        )
        head = self._head_of(instance)
        columns = self.columns
        for place, value in enumerate(head):
            columns.note(place, value)
        for index, row in enumerate(rows):
            cells = head.copy()
            if self.several:
                columns.note(len(cells), index)
                cells.append(index)
            columns.count_row(instance.step)
            for name, value in row.items():
                at = columns.place_of(name)
                if at is None:
                    continue
                columns.count(at, instance.step, value)
                if value is not None:
                    cells += self._empty[len(cells) : at + 1]
                    cells[at] = value
            spool.add(cells)

    def _head_of(self, instance: Instance) -> list[Cell]:
        values = {row[0]: row[1] for row in self._graph.values[instance.number]}
        seconds = instance.run_time(self._now)
        cells: list[Cell] = [cell_of(instance.name), cell_of(instance.step)]
        cells += [cell_of(values.get(name)) for name in self._parameters]
        cells += [instance.state, seconds, instance.exit_code]
        if self._amended:
            began = instance.started
            cells.append(None if began is None else bisect_right(self._amended, began))
        return cells

    def _note(
        self, declared: Sequence[Declared], step: int, name: str, why: str, instance: str
    ) -> None:
        """Count trouble, by what the step calls its file: each instance may call it otherwise."""
        place = next((n for n, each in enumerate(declared) if each.file == name), 0)
        known = self._declared[step]
        file = (
            f"{self._graph.steps[step].name}: {known[place].file if place < len(known) else name}"
        )
        trouble = self._troubles.get((file, why))
        if trouble is not None:
            trouble.count += 1
        elif len(self._troubles) < _MOST_TROUBLES:
            self._troubles[file, why] = Trouble(file, why, 1, instance)
