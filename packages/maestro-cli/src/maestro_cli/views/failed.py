"""Show what failed by its causes, each with one example and the last lines of its error log: ``--failed``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from maestro_cli.study.causes import Group, cause, group
from maestro_cli.study.instances import BAD_STATES, Instance
from maestro_cli.study.standing import blocked_by
from maestro_cli.study.step_logs import error_log, last_lines
from maestro_cli.study.tally import blocked
from maestro_cli.study.workspace_view import StudyView
from maestro_cli.ui.paths import shorter
from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint
from maestro_cli.views.fit import wrap
from maestro_cli.views.theme import state_style

__all__ = ["blockers", "groups", "lines", "of_group", "split"]

#: Lines at the end of a log that make two failures alike.
_ALIKE = 3
#: No more logs than this are read to tell failures of one exit code apart.
_MOST_READ = 1000
#: No more instances of a group, and no more that block others, are named.
_MOST_NAMED = 5


def split(instances: Sequence[Instance]) -> tuple[list[Instance], list[Instance]]:
    """Return those that failed by themselves, and those that are blocked by others."""
    bad = [each for each in instances if each.state in BAD_STATES]
    own = [each for each in bad if not blocked(each.state, each.submitted)]
    return own, [each for each in bad if blocked(each.state, each.submitted)]


def groups(study: StudyView, failures: Sequence[Instance]) -> list[Group]:
    """Return the failures by cause and by what their error logs end with, the largest group first."""
    read = {each.number for each in failures[:_MOST_READ]}

    def tail(instance: Instance) -> list[str]:
        log = error_log(study, instance) if instance.number in read else None
        return [] if log is None else last_lines(log, _ALIKE)

    return group(failures, tail)


def blockers(study: StudyView, others: Sequence[Instance]) -> dict[str, int]:
    """Count by which instances the others are blocked, the one that blocks most first."""
    found: dict[str, int] = {}
    for each in others:
        name = blocked_by(study, each.number) or "another step"
        found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def lines(
    study: StudyView,
    instances: Sequence[Instance],
    *,
    paint: Paint,
    unicode: bool,
    width: int | None = None,
    log_lines: int = 10,
) -> Iterator[str]:
    """Yield the lines about all failures of a study.

    Args:
        study: The study.
        instances: Of which failures are told.
        paint: Colours.
        unicode: False: lines of ASCII characters.
        width: Columns of the terminal; None: lines are not broken.
        log_lines: How many lines of a log are shown.
    """
    own, others = split(instances)
    head = f"{clean(shorter(study.root))}: {study.state}, {len(own)} failed, {len(others)} blocked"
    for line in wrap(head, width):
        yield paint(line, "bold red" if own else "bold green")
    for each in groups(study, own):
        yield from of_group(
            study, each, paint=paint, unicode=unicode, width=width, log_lines=log_lines
        )
    if len(own) > _MOST_READ:
        yield ""
        yield from wrap(f"Only the logs of the first {_MOST_READ} failures were compared.", width)
    if others:
        yield ""
        for text in _named(blockers(study, others)):
            for line in wrap(text, width, indent="  "):
                yield paint(line, "dim")


def _named(found: dict[str, int]) -> Iterator[str]:
    names = list(found)
    for name in names[:_MOST_NAMED]:
        yield f"{found[name]} blocked by {clean(name)}"
    if rest := names[_MOST_NAMED:]:
        yield f"{sum(found[name] for name in rest)} blocked by {len(rest)} others"


def of_group(
    study: StudyView,
    found: Group,
    *,
    paint: Paint,
    unicode: bool,
    width: int | None = None,
    log_lines: int = 10,
) -> Iterator[str]:
    """Yield the lines about failures of one kind: how many, which, and the log of the first."""
    example, rest = found.members[0], found.members[1:]
    yield ""
    times = f"{len(found.members)} {'×' if unicode else 'x'} " if rest else ""
    begin = f"{times}{_why(example)}"
    for number, line in enumerate(wrap(f"{begin}: {clean(example.name)}", width, indent="  ")):
        size = 0 if number else len(begin)
        yield paint(line[:size], state_style(example.state)) + paint(line[size:], "bold")
    if rest:
        some = ", ".join(clean(each.name) for each in rest[:_MOST_NAMED])
        more = f" and {len(rest) - _MOST_NAMED} more" if len(rest) > _MOST_NAMED else ""
        yield from wrap(f"  also: {some}{more}", width, indent="    ")
    log = error_log(study, example)
    if log is None:
        place = shorter(study.root / example.workspace)
        yield from wrap(f"  it left no output in {clean(place)}", width, indent="    ")
        return
    tail = last_lines(log, log_lines)
    yield from wrap(f"  {clean(shorter(log))}" + ("" if tail else " (empty)"), width, indent="    ")
    bar = paint("│" if unicode else "|", "red")
    for text in tail:
        for line in wrap(clean(text, lines=True), None if width is None else width - 4):
            yield f"  {bar} {line}"


def _why(instance: Instance) -> str:
    why, reason = cause(instance), instance.reason or ""
    parts = [clean(why)]
    if reason and reason != why and not reason.startswith(("exit code", "ended by")):
        parts.append(clean(reason))
    return ", ".join(parts)
