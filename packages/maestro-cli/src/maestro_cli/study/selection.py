"""Select instances by name, by parameters and by state.

The rule is that of requests: "Selections" on the workspace format page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from maestro_cli.errors import StudyError, UsageError
from maestro_cli.study.instances import Instance
from maestro_cli.ui.sanitize import shell_word

if TYPE_CHECKING:
    from maestro_cli.study.workspace_view import StudyView

__all__ = [
    "EVERYTHING",
    "Selection",
    "choose",
    "in_states",
    "read_selection",
    "require_instances",
    "split_conditions",
]

#: More names than this are not looked through for one that is like a mistyped one.
_MOST_NAMES = 1000
#: More values than this are not named where none fits.
_MOST_VALUES = 5
_LIKE = "conditions are like 'TEMP=300,PRESSURE>2'"


@frozen
class Selection:
    """Which instances are meant; where both are given, both must fit.

    Attributes:
        names: Of steps or instances, ``*`` allowed; None: all.
        where: Conditions on parameters, all of which must hold: ``TEMP>=300``; None: none.
    """

    names: tuple[str, ...] | None = None
    where: tuple[str, ...] | None = None

    def __bool__(self) -> bool:
        return self.names is not None or self.where is not None

    def __str__(self) -> str:
        parts = [*(self.names or ()), *([f"where {', '.join(self.where)}"] if self.where else [])]
        return " ".join(parts)

    def content(self) -> dict[str, list[str] | None]:
        """Return the fields of a request."""
        return {
            "steps": None if self.names is None else list(self.names),
            "where": None if self.where is None else list(self.where),
        }


#: All instances.
EVERYTHING = Selection()


def read_selection(names: Sequence[str], where: Sequence[str]) -> Selection:
    """Read what the command line says.

    Args:
        names: Words of ``STEP`` and ``--step``.
        where: Words of ``--where``, each with conditions between commas.

    Raises:
        UsageError: One is no condition.
    """
    conditions = [part for text in where for part in split_conditions(text)]
    if where and not conditions:  # an unset variable of a script must not mean all instances
        raise UsageError("--where: there is no condition", hint=_LIKE)
    for condition in conditions:
        from maestro_conductor.core.selection import parse_condition

        try:
            parse_condition(condition)
        except ValueError as error:
            raise UsageError(f"--where: {error}", hint=_LIKE) from error
    return Selection(tuple(names) or None, tuple(conditions) or None)


def split_conditions(text: str) -> list[str]:
    """Split a text at its commas; in ``"…"`` they belong to a value, and the quotes do not.

    Raises:
        UsageError: A quote is not closed.
    """
    parts = [""]
    quoted = False
    for char in text:
        if char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    if quoted:
        raise UsageError(f"--where: a quote is not closed in {text}", hint='write NAME="a,b"')
    return [part.strip() for part in parts if part.strip()]


def choose(study: StudyView, selection: Selection) -> list[int]:
    """Return the indices of the instances that are meant, in the graph's order.

    Raises:
        StudyError: A name or a condition fits nothing; the message names what there is.
    """
    from maestro_conductor.core.selection import select

    try:
        return select(study.graph, study.parameters, selection.names, selection.where)
    except ValueError as error:
        raise StudyError(f"{study.root}: {error}", hint=_near(study, selection)) from error


def require_instances(study: StudyView, selection: Selection) -> list[Instance]:
    """Return the instances that are meant.

    Raises:
        StudyError: A name or a condition fits nothing; the message names what there is.
    """
    return study.instances(choose(study, selection))


def _near(study: StudyView, selection: Selection) -> str:
    """Return what to type instead of a selection that fits nothing."""
    import difflib

    from maestro_cli.study.folders import GRAPH
    from maestro_conductor.core.selection import named

    def fits(name: str) -> bool:
        try:
            return bool(named(study.graph, [name]))
        except ValueError:
            return False

    steps = [step.name for step in study.steps]
    known = [*steps, *study.graph.names[:_MOST_NAMES]]
    wrong = [name for name in selection.names or () if not fits(name)]
    if wrong:
        if Path(wrong[0], GRAPH).exists():
            each = f"for x in {shell_word(study.root)} {shell_word(wrong[0])}"
            return f'this takes one study; for several: {each}; do maestro … "$x"; done'
        near = difflib.get_close_matches(wrong[0], known, n=1)
        return f"did you mean {near[0]}?" if near else f"its steps: {', '.join(steps)}"
    return _near_values(study, selection.where or ()) or (
        "`maestro status --layout narrow` shows the parameters of each instance"
    )


def _near_values(study: StudyView, where: Sequence[str]) -> str | None:
    """Return which names or values there are that are like those of conditions."""
    import difflib

    from maestro_conductor.core.selection import parse_condition

    known: Sequence[str] = study.graph.header["parameters"]
    for condition in map(parse_condition, where):
        if condition.name not in known:
            near = difflib.get_close_matches(condition.name, known, n=1, cutoff=0.5)
            return f"did you mean {near[0]}?" if near else None
        rows = [{each[0]: each[1] for each in row} for row in study.graph.values]
        values = list(dict.fromkeys(row[condition.name] for row in rows if condition.name in row))
        if not any(condition.fits(value) for value in values):
            shown = ", ".join(map(str, _nearest(condition.value, values)))
            return f"the nearest values of {condition.name}: {shown}"
    return None


def _nearest(wanted: str, values: Sequence[object]) -> list[object]:
    """Return the few values that are nearest to one, in their order."""
    try:
        ranked = sorted(values, key=lambda value: abs(float(str(value)) - float(wanted)))
    except ValueError:
        ranked = list(values)
    nearest = ranked[:_MOST_VALUES]
    return [value for value in values if value in nearest]


def in_states(instances: Iterable[Instance], states: Collection[str]) -> list[Instance]:
    """Return the instances in one of the states; in none: all."""
    return [each for each in instances if not states or each.state in states]
