"""Gather what a report says of a study: from its workspace, and the logs of what failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from maestro_cli.graph_view.pictures import steps_picture
from maestro_cli.report.content import Column, EarlierAttempt, Report, ResultTable, StepLine
from maestro_cli.report.durations import taken
from maestro_cli.report.failures import group
from maestro_cli.report.spans import Span, load, made_at, spans_of
from maestro_cli.report.surprise import find
from maestro_cli.report.table import columns_of, rows_shown
from maestro_cli.report.timing import Usage, ready_times, usage
from maestro_cli.study.attempts import Attempt, read_attempts
from maestro_cli.study.history import read_history
from maestro_cli.study.instances import BAD_STATES, Instance
from maestro_cli.study.outline import outline_of
from maestro_cli.study.step_logs import error_log, last_lines
from maestro_cli.study.study_file import IN_FORCE
from maestro_cli.study.workspace_view import STUDY_STATES, StudyView
from maestro_cli.ui.style import Paint
from maestro_cli.views import history, notes
from maestro_cli.views.summary import lasted
from maestro_cli.views.time_text import moment, short_duration

if TYPE_CHECKING:
    from maestro_cli.study.outline import Outline

__all__ = ["gather"]

#: Steps that are drawn; more are a tangle.
_MOST_STEPS = 120
#: Of so many failures the logs are read.
_MOST_LOGS = 400
#: Of the numbers over time, so many points: more than a screen has columns.
_MOST_POINTS = 3000
#: More of a study file is not shown.
_MOST_TEXT = 200_000
#: An attempt that ended in one of these ran to its end.
_RAN = frozenset({"FINISHED", "FAILED", "TIMEDOUT", "HWFAILURE", "INCOMPLETE"})


def gather(
    study: StudyView, *, now: int, most_rows: int, results: ResultTable | None = None
) -> Report:
    """Read all that a report says.

    Args:
        study: The study.
        now: ms since 1970.
        most_rows: No more instances stand in the table; what failed comes first.
        results: What the instances yielded.

    Raises:
        maestro_conductor.errors.ConductorError: A file is missing, damaged or too new.
    """
    outline = outline_of(study)
    instances = study.instances()
    parameters = [{row[0]: row[1] for row in rows} for rows in study.graph.values]
    known = study.known
    ended = [
        (step.name, [i for i in range(step.first, step.first + step.size) if _ran(instances[i])])
        for step in study.steps
    ]
    failed = [each.state in BAD_STATES for each in instances]
    findings, looked_at = find(ended, failed, parameters)
    own = [each for each in instances if each.state in BAD_STATES and each.attempt]
    groups, ungrouped = group(own, lambda each: _log(study, each), most_logs=_MOST_LOGS)
    seconds = [each.run_time(now) for each in instances]
    shown = rows_shown(instances, most_rows)
    attempts = read_attempts(study.root, {each.number for each in instances if each.attempt > 1})
    spans = spans_of(instances, attempts, now)
    ready = ready_times(
        [(step.first, step.size) for step in study.steps],
        outline.needs,
        outline.groups,
        known.ended,
        study.created or None,
    )
    return Report(
        name=study.name,
        root=str(study.root),
        description=_description(study),
        state=study.state,
        state_meaning=STUDY_STATES[study.state],
        written=now,
        facts=list(_facts(study, instances, attempts, spans, now)),
        notes=list(notes.lines(study, paint=Paint(on=False), now=now)),
        counts=study.counts(),
        steps=_step_lines(outline),
        picture=steps_picture(outline, limit=_MOST_STEPS),
        columns=_columns(shown, instances, ready, parameters, results, attempts, now),
        size=len(shown),
        total=len(instances),
        earlier=list(_earlier(shown, attempts)),
        load=load(spans, _MOST_POINTS),
        findings=findings,
        looked_at=looked_at,
        groups=groups,
        ungrouped=ungrouped,
        taken=taken(ended, seconds, parameters),
        study_file=_study_file(study),
        history=list(_history(study)),
        versions=_versions(study),
    )


def _columns(
    shown: Sequence[int],
    instances: Sequence[Instance],
    ready: Sequence[int | None],
    parameters: Sequence[Mapping[str, object]],
    results: ResultTable | None,
    attempts: Mapping[int, Sequence[Attempt]],
    now: int,
) -> list[Column]:
    chosen = [instances[index] for index in shown]
    return columns_of(
        chosen,
        [ready[index] for index in shown],
        [parameters[index] for index in shown],
        results,
        made={each.number: made_at(each, attempts) for each in chosen if each.attempt > 1},
        now=now,
    )


def _earlier(
    shown: Sequence[int], attempts: Mapping[int, Sequence[Attempt]]
) -> Iterator[EarlierAttempt]:
    """Yield what ran of the instances that are shown, without their latest attempts."""
    for row, index in enumerate(shown):
        for each in attempts.get(index, ())[:-1]:
            if each.started is not None and each.ended is not None:
                yield EarlierAttempt(
                    row, each.submitted, each.started, each.ended, each.state or "UNKNOWN"
                )


def _ran(instance: Instance) -> bool:
    return instance.attempt > 0 and instance.state in _RAN


def _log(study: StudyView, instance: Instance) -> tuple[str, list[str]] | None:
    log = error_log(study, instance)
    if log is None:
        return None
    return str(log.relative_to(study.root)), last_lines(log)


def _step_lines(outline: Outline) -> list[StepLine]:
    return [
        StepLine(step.name, step.size, outline.counts(step.first, step.size))
        for step in outline.steps
    ]


def _facts(
    study: StudyView,
    instances: Sequence[Instance],
    attempts: Mapping[int, Sequence[Attempt]],
    spans: Sequence[Span],
    now: int,
) -> Iterator[tuple[str, str]]:
    yield "Folder", str(study.root)
    if study.created:
        yield "Made", moment(study.created)
    if study.started:
        yield "Elapsed", short_duration(lasted(study, now))
    busy = usage((each.started, each.stop) for each in spans if each.started is not None)
    if busy is not None:
        yield from _busy(busy)
    earlier = sum(max(0, each.attempt - 1) for each in instances)
    known = sum(len(made) - 1 for made in attempts.values())
    if earlier:
        lost = f"; the journal has no times of {earlier - known}" if known < earlier else ""
        yield "Attempts again", f"{earlier}{lost}"
    if study.amendment is not None:
        yield "Amendment in force", study.amendment


def _busy(busy: Usage) -> Iterator[tuple[str, str]]:
    elapsed = (busy.end - busy.begin) / 1000
    yield "Work", f"{short_duration(busy.work)}, of all instances together"
    average = f", {busy.work / elapsed:.1f} on average" if elapsed else ""
    yield "At once", f"{busy.most} at most{average}"
    yield "Nothing ran for", f"{short_duration(busy.idle)} between the first start and the last end"


def _description(study: StudyView) -> str:
    from maestro_conductor.workspace.regular_files import MOST
    from maestro_graph import GraphError, read_spec

    path = study.root / ".maestro" / "spec.msgpack"
    try:
        if path.stat().st_size > MOST:
            return ""
        return str(read_spec(path)["description"])
    except (GraphError, OSError, KeyError):
        return ""


def _study_file(study: StudyView) -> str | None:
    from maestro_conductor.workspace.regular_files import read_regular

    try:
        text = read_regular(study.root / IN_FORCE).decode("utf-8", "surrogateescape")
    except OSError:
        return None
    if len(text) > _MOST_TEXT:
        return f"{text[:_MOST_TEXT]}\n… {len(text) - _MOST_TEXT} more characters"
    return text


def _history(study: StudyView) -> Iterator[str]:
    if study.started:
        lines = history.lines(study, read_history(study.root), width=None, paint=Paint(on=False))
        yield from list(lines)[1:]


def _versions(study: StudyView) -> dict[str, str]:
    import platform

    from maestro_cli import __version__

    versions = {
        "maestro-cli, which wrote this page": __version__,
        "Python": platform.python_version(),
    }
    header = study.graph.header
    versions["graph.msgpack"] = (
        f"version {'.'.join(map(str, header['version']))}, by {header['writer']}"
    )
    opened = study.known.opened
    if opened is not None:
        versions["maestro-conductor, the latest"] = str(opened["conductor"])
    return versions
