"""What steps yielded, as records that pandas and polars take as they are. Reads the workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from maestro.reading import Where, selection_of, states_of

if TYPE_CHECKING:
    from maestro_cli.results.columns import Column
    from maestro_cli.results.table import Table
    from maestro_cli.results.values import Cell
    from maestro_cli.study.workspace_view import StudyView

__all__ = ["Missing", "Results", "collected"]


@frozen
class Missing:
    """A file of which nothing could be read.

    Attributes:
        file: The step, and its file.
        reason: Why.
        instances: Of how many instances.
        example: One of them.
    """

    file: str
    reason: str
    instances: int
    example: str


class Results(list["dict[str, Cell]"]):
    """A list of records: one for an instance, or for a row of its file; what is missing is None.

    A column has one type: where whole numbers and others meet, all are floats; where numbers and texts
    meet, all are texts.

    Attributes:
        columns: Name → ``int``, ``float``, ``bool`` or ``text``, in their order.
        origin: Name → ``instance``, ``parameter`` or ``result``.
        missing: Name → records in which a result is not there that its step yields.
        troubles: Files of which nothing could be read.
        about: Where they come from: study, folder, state, time.
    """

    def __init__(
        self,
        records: Iterable[dict[str, Cell]],
        columns: Sequence[Column],
        troubles: Sequence[Missing],
        about: Mapping[str, object],
    ) -> None:
        super().__init__(records)
        self.columns = {each.name: each.kind for each in columns}
        self.origin = {each.name: each.origin for each in columns}
        self.missing = {each.name: each.missing for each in columns if each.origin == "result"}
        self.troubles = tuple(troubles)
        self.about = dict(about)

    def by_column(self) -> dict[str, list[Cell]]:
        """Return the same as columns: name → values."""
        return {name: [record[name] for record in self] for name in self.columns}

    def __repr__(self) -> str:
        names = ", ".join(self.columns)
        return f"<{len(self)} records of {self.about.get('study')}: {names}>"


def collected(
    study: StudyView,
    names: Sequence[str],
    where: Where,
    state: str | Iterable[str] | None,
    *,
    rows: bool,
    everything: bool,
) -> Results:
    """Collect results.

    Args:
        study: The study.
        names: Of steps or instances; none: those that say what they yield.
        where: Conditions on parameters.
        state: Only instances in such a state.
        rows: A record for each row of a file that has several.
        everything: Where none is named: all instances.
    """
    from maestro_cli.results.table import collect
    from maestro_cli.study.selection import choose

    selection = selection_of(names, where)
    chosen = choose(study, selection) if selection else None
    if chosen is None and everything:
        chosen = list(range(study.total))
    with collect(
        study, chosen, states=states_of(state), all_rows=rows, where=str(selection)
    ) as table:
        return _results(table)


def _results(table: Table) -> Results:
    names = [column.name for column in table.columns]
    turned = [
        (place, float if column.kind == "float" else str)
        for place, column in enumerate(table.columns)
        if column.kind in ("float", "text")
    ]
    records = []
    for cells in table:
        for place, kind in turned:
            cell = cells[place]
            if cell is not None and type(cell) is not kind:
                cells[place] = kind(cell)
        records.append(dict(zip(names, cells, strict=True)))
    troubles = [
        Missing(each.file, each.reason, each.count, each.example) for each in table.troubles
    ]
    return Results(records, table.columns, troubles, table.about)
