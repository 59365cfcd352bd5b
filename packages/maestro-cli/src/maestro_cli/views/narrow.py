"""Show a block per instance, with its parameters, in 60 columns: ``--layout narrow``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint
from maestro_cli.views.rows import COLUMNS
from maestro_cli.views.table import cells
from maestro_cli.views.theme import state_style

#: Number of a row → its parameters.
Parameters = Callable[[int], Mapping[str, object]]

_DETAILS = ("State", "Job ID", "Run Time", "Elapsed Time")
_SCHEDULER = ("Submit Time", "Start Time", "End Time", "Number Restarts")


def lines(
    title: str,
    rows: Sequence[Sequence[str]],
    parameters: Parameters,
    *,
    width: int | None,
    paint: Paint,
    unicode: bool,
) -> Iterator[str]:
    """Yield the lines of all blocks.

    Args:
        title: The study's folder.
        rows: As :func:`maestro_cli.views.rows.rows` returns them.
        parameters: Returns those of a row, by its number.
        width: Columns of the terminal; None: no limit.
        paint: Colours.
        unicode: False: lines of ASCII characters.
    """
    thin, thick = ("─", "━") if unicode else ("-", "=")
    full = min(width or 72, 72)
    yield paint(f"STUDY: {clean(title)}", "bold")
    for number, row in enumerate(rows):
        values = {name: clean(text) for name, text in zip(COLUMNS, row, strict=True)}
        yield thick * full
        yield f"STEP:       {paint(values['Step Name'], 'bold')}"
        yield f"WORKSPACE:  {paint(values['Workspace'], 'blue')}"
        yield ""
        job_width = max([14, *[cells(values[name]) for name in _DETAILS]])
        left_width = job_width + 14
        if full >= left_width + 38:
            yield from _side_by_side(values, job_width, paint, thin)
        else:
            yield from _below(values, paint, thin, full)
        yield from _parameters(parameters(number), paint, thin, full)
    yield thick * full


def _side_by_side(values: dict[str, str], job_width: int, paint: Paint, thin: str) -> Iterator[str]:
    left_width = job_width + 14
    yield f"  {paint('Step Details'.ljust(left_width), 'bold')}  {paint('Scheduler Details', 'bold')}"
    yield f"  {thin * left_width}  {thin * 36}"
    for detail, scheduler in zip(_DETAILS, _SCHEDULER, strict=True):
        shown = values[detail] + " " * (job_width - cells(values[detail]))
        if detail == "State":
            shown = paint(shown, state_style(values[detail]))
        yield f"  {detail:<12}  {shown}  {scheduler:<15}  {values[scheduler]}"


def _below(values: dict[str, str], paint: Paint, thin: str, full: int) -> Iterator[str]:
    for head, names in (("Step Details", _DETAILS), ("Scheduler Details", _SCHEDULER)):
        yield f"  {paint(head, 'bold')}"
        yield f"  {thin * (full - 2)}"
        for name in names:
            text = values[name]
            yield f"  {name:<15}  {paint(text, state_style(text)) if name == 'State' else text}"


def _parameters(values: Mapping[str, object], paint: Paint, thin: str, full: int) -> Iterator[str]:
    if not values:
        return
    pairs = [(clean(name), clean(value)) for name, value in values.items()]
    size = max(cells(name) for name, _ in pairs)
    yield ""
    yield f"  {paint('Step Parameters', 'bold')}"
    yield f"  {thin * (full - 2)}"
    for name, value in pairs:
        yield f"  {name}{' ' * (size - cells(name))}  {value}"
