"""Show each failed instance, why, and the last lines of its error log: ``--failed``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from maestro_cli.study.instances import BAD_STATES, Instance
from maestro_cli.study.step_logs import error_log, last_lines
from maestro_cli.study.workspace_view import StudyView
from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint
from maestro_cli.views.theme import state_style


def split(instances: Sequence[Instance]) -> tuple[list[Instance], list[Instance]]:
    """Return those that failed by themselves, and those that could not run because of others."""
    bad = [each for each in instances if each.state in BAD_STATES]
    own = [each for each in bad if each.attempt]
    return own, [each for each in bad if not each.attempt]


def lines(
    study: StudyView,
    instances: Sequence[Instance],
    *,
    paint: Paint,
    unicode: bool,
    log_lines: int = 10,
) -> Iterator[str]:
    """Yield the lines about all failures of a study."""
    own, others = split(instances)
    yield paint(f"{clean(study.root)}: {study.state}, ", "bold") + paint(
        f"{len(own)} failed step{'' if len(own) == 1 else 's'}", "bold red" if own else "green"
    )
    for instance in own:
        yield from one(study, instance, paint=paint, unicode=unicode, log_lines=log_lines)
    if others:
        yield ""
        yield paint(f"{len(others)} more could not run because of that", "dim")


def one(
    study: StudyView, instance: Instance, *, paint: Paint, unicode: bool, log_lines: int = 10
) -> Iterator[str]:
    """Yield the lines about one failed instance."""
    yield ""
    head = paint(instance.state, state_style(instance.state))
    yield f"{head}  {paint(clean(instance.name), 'bold')}{_why(instance)}"
    log = error_log(study, instance)
    if log is None:
        yield f"  it left no output in {clean(study.root / instance.workspace)}"
        return
    tail = last_lines(log, log_lines)
    yield f"  {clean(log)}" + ("" if tail else " (empty)")
    bar = paint("│" if unicode else "|", "red")
    for text in tail:
        yield f"  {bar} {clean(text, lines=True)}"


def _why(instance: Instance) -> str:
    parts = []
    if instance.exit_code is not None:
        parts.append(f"exit code {instance.exit_code}")
    if instance.reason and instance.reason != f"exit code {instance.exit_code}":
        parts.append(clean(instance.reason))
    return "  " + ", ".join(parts) if parts else ""
