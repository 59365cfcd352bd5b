"""Hold what a report says, as values: what `gather` reads and `page` writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

if TYPE_CHECKING:
    from maestro_cli.graph_view.picture import Picture
    from maestro_cli.report.durations import Taken
    from maestro_cli.report.failures import Group
    from maestro_cli.report.spans import Load
    from maestro_cli.report.surprise import Finding

__all__ = ["Column", "EarlierAttempt", "Kind", "Report", "ResultTable", "StepLine"]

#: What the values of a column are. Times are ms since 1970, durations seconds.
Kind = Literal["text", "number", "time", "duration"]


@frozen
class Column:
    """A column of the table of instances.

    Attributes:
        name: Its title: anybody's text.
        kind: What its values are; a number's may be mixed with texts.
        group: From where they come.
        values: One per row; None: it has none.
    """

    name: str
    kind: Kind
    group: Literal["instance", "parameter", "result"]
    values: Sequence[object]


@frozen
class ResultTable:
    """Results of instances, for whoever collects them: they become columns of the table, and axes.

    Attributes:
        names: Of the columns.
        rows: Number of an instance → its values, in the order of ``names``.
    """

    names: Sequence[str]
    rows: Mapping[int, Sequence[object]]


@frozen
class EarlierAttempt:
    """An attempt that another one followed; times are ms since 1970.

    Attributes:
        row: Of its instance, in the table.
        state: In which it ended.
    """

    row: int
    submitted: int
    started: int
    ended: int
    state: str


@frozen
class StepLine:
    """A step: how many instances of it are in which state."""

    name: str
    size: int
    counts: Mapping[str, int]


@frozen(kw_only=True)
class Report:
    """All that a report says.

    Attributes:
        name: The study's.
        root: Its folder.
        description: What the study says that it is about.
        state: A state of a study as a whole.
        state_meaning: The same in words.
        written: When the report was made, ms since 1970.
        facts: What and what about it, for the head of the page.
        notes: What people ought to know: what stands still, or was refused.
        counts: State → instances.
        steps: In topological order.
        picture: The graph of the steps.
        columns: The table of instances, of as many as there is room for.
        size: Its rows.
        total: The instances of the study.
        load: How many of all ran and were queued, over time.
        earlier: What the timeline shows beside the latest attempts.
        findings: Which parameter values go with failures.
        looked_at: How many values that were sought for.
        groups: Failures with the same cause.
        ungrouped: How many failures have no log read, as there are too many.
        taken: How long steps took, and with which values.
        study_file: Its text; None: the study has none that can be read.
        history: What happened to the study as a whole, a line each.
        versions: Program or format → its version.
    """

    name: str
    root: str
    description: str
    state: str
    state_meaning: str
    written: int
    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]
    counts: Mapping[str, int]
    steps: Sequence[StepLine]
    picture: Picture
    columns: Sequence[Column]
    size: int
    total: int
    load: Sequence[Load] = ()
    earlier: Sequence[EarlierAttempt] = ()
    findings: Sequence[Finding] = ()
    looked_at: int = 0
    groups: Sequence[Group] = ()
    ungrouped: int = 0
    taken: Sequence[Taken] = ()
    study_file: str | None = None
    history: Sequence[str] = ()
    versions: Mapping[str, str] = field(factory=dict)
