"""Make the API's values of what a workspace holds. Reads it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from maestro.errors import UsageError
from maestro.records import (
    Attempt,
    Conductor,
    Event,
    Explanation,
    Failure,
    Instance,
    Settings,
    Status,
    Step,
    time_of,
)

if TYPE_CHECKING:
    from maestro_cli.graph_view.forms import Form
    from maestro_cli.study.instances import Instance as Row
    from maestro_cli.study.selection import Selection
    from maestro_cli.study.workspace_view import StudyView

__all__ = [
    "Where",
    "attempts",
    "events",
    "explanations",
    "failures",
    "instance_of",
    "logs",
    "picture",
    "rows",
    "selected",
    "selection_of",
    "states_of",
    "status",
    "steps",
    "study_explanation",
    "view",
]

#: Conditions on parameters: ``"TEMP>=300,N=2"``, several such texts, or name → value.
Where = str | Sequence[str] | Mapping[str, object] | None


def view(folder: Path, verb: str) -> StudyView:
    """Read a study; `verb` is what is done with it, for messages."""
    from maestro_cli.study.folders import require_study
    from maestro_cli.study.workspace_view import open_study

    return open_study(require_study(folder, verb=verb))


def selection_of(names: Sequence[str], where: Where) -> Selection:
    """Read which instances are meant.

    Raises:
        UsageError: A name is no text.
        maestro_cli.errors.UsageError: A condition is none.
    """
    from maestro_cli.study.selection import Selection, read_selection

    if not all(isinstance(name, str) for name in names):
        raise UsageError(f"names of steps and instances are texts, not {names!r}")
    if isinstance(where, Mapping):
        conditions = tuple(f"{name}={value}" for name, value in where.items())
        return Selection(tuple(names) or None, conditions or None)
    texts = [where] if isinstance(where, str) else list(where or ())
    return read_selection(names, texts)


def states_of(state: str | Iterable[str] | None) -> frozenset[str]:
    """Read which states are meant; none: all.

    Raises:
        UsageError: There is no such state.
    """
    from maestro_conductor.model.states import NAMES

    words = [state] if isinstance(state, str) else list(state or ())
    found = frozenset(word.upper() for word in words)
    if unknown := sorted(found - set(NAMES)):
        raise UsageError(
            f"there is no state {', '.join(unknown)}", f"states are {', '.join(NAMES)}"
        )
    return found


def selected(
    study: StudyView, names: Sequence[str], where: Where, state: str | Iterable[str] | None
) -> list[Row]:
    """Return the instances that are meant, as the study has them."""
    from maestro_cli.study.selection import in_states, require_instances

    wanted = states_of(state)
    study.mark_queued()
    selection = selection_of(names, where)
    found = require_instances(study, selection) if selection else study.instances()
    return in_states(found, wanted)


def status(study: StudyView) -> Status:
    """Return how a study stands."""
    from maestro_cli.study.standing import standing
    from maestro_cli.study.tally import tally

    study.mark_queued()
    known, pause = study.known, study.pause
    now = time.time_ns() // 1_000_000
    how = standing(study, now)
    given = known.settings
    return Status(
        name=study.name,
        folder=study.root,
        state=study.state,
        counts=tally(known, range(study.total)),
        total=study.total,
        created=time_of(study.created),
        began=time_of(how.began),
        ended=time_of(how.ended),
        worked=how.worked,
        idle=how.idle,
        left=None if how.left is None else how.left.left,
        paused=None if pause is None else pause.why,
        exit_code=study.exit_code,
        settings=Settings(
            throttle=given.throttle,
            rlimit=given.rlimit,
            attempts=given.attempts,
            sleep=given.sleep,
            local_slots=given.local_slots,
            batch=dict(given.batch),
        ),
        conductor=_conductor(study),
    )


def _conductor(study: StudyView) -> Conductor | None:
    who = study.last_holder
    if who is None:
        return None
    return Conductor(
        alive=study.holder is not None,
        host=who.host,
        pid=who.pid,
        since=datetime.fromtimestamp(who.since / 1000, timezone.utc),
        heartbeat=datetime.fromtimestamp(who.heartbeat / 1000, timezone.utc),
        trouble=who.trouble,
        paused=who.paused,
    )


def steps(study: StudyView) -> list[Step]:
    """Return the steps in topological order."""
    from maestro_cli.study.tally import tally

    study.mark_queued()
    graph = study.graph
    found = []
    for number, step in enumerate(study.steps):
        own = range(step.first, step.first + step.size)
        after: dict[int, None] = {}
        for index in own:
            after.update(dict.fromkeys(graph.step_of[need] for need in graph.needs_of(index)))
            after.update(dict.fromkeys(graph.groups.get(index, ())))
        names = tuple(study.steps[each].name for each in sorted(after) if each != number)
        found.append(Step(step.name, step.size, tally(study.known, own), names))
    return found


def instance_of(study: StudyView, row: Row, now: int) -> Instance:
    """Return an instance as a value of the API.

    Args:
        study: The study.
        row: The instance as the study has it.
        now: ms since 1970.
    """
    return Instance(
        name=row.name,
        step=row.step,
        parameters=study.parameters(row.number),
        state=row.state,
        folder=study.root / row.workspace,
        job=row.job,
        attempt=row.attempt,
        submitted=time_of(row.submitted),
        started=time_of(row.started),
        ended=time_of(row.ended),
        run_time=row.run_time(now),
        exit_code=row.exit_code,
        restarts=row.restarts,
        resubmissions=row.resubmissions,
        retries=row.retries,
        reason=row.reason,
        held=row.held,
    )


def rows(study: StudyView, found: Iterable[Row]) -> list[Instance]:
    """Return instances as values of the API."""
    now = time.time_ns() // 1_000_000
    return [instance_of(study, row, now) for row in found]


def attempts(study: StudyView, row: Row) -> list[Attempt]:
    """Return the attempts at an instance that the journal still has."""
    from maestro_cli.study.attempts import read_attempts

    return [
        Attempt(
            each.number,
            time_of(each.submitted),
            time_of(each.started),
            time_of(each.ended),
            each.state,
        )
        for each in read_attempts(study.root, {row.number}).get(row.number, ())
    ]


def failures(study: StudyView, log_lines: int) -> list[Failure]:
    """Return what failed by its causes, the largest group first."""
    from maestro_cli.study.step_logs import error_log, last_lines
    from maestro_cli.views.failed import groups, split

    own, _ = split(study.instances())
    found = []
    for group in groups(study, own):
        first = group.members[0]
        log = error_log(study, first)
        found.append(
            Failure(
                cause=group.cause,
                instances=tuple(each.name for each in group.members),
                example=rows(study, [first])[0],
                log=log,
                last_lines=() if log is None else tuple(last_lines(log, log_lines)),
            )
        )
    return found


def explanations(study: StudyView, found: Iterable[Row]) -> list[Explanation]:
    """Say why instances are in their states."""
    from maestro_cli.views.explain import explain

    told = [explain(study, row) for row in found]
    return [
        Explanation(
            each.instance.name,
            each.instance.state,
            each.text,
            tuple(each.more),
            dict(each.facts.items()),
        )
        for each in told
    ]


def study_explanation(study: StudyView) -> Explanation:
    """Say how a study stands, what holds it back, and what to do next."""
    from maestro_cli.ui.sanitize import shell_word
    from maestro_cli.views.explain_study import explain_study

    study.mark_queued()
    told = explain_study(study)
    following = tuple((" ".join(map(shell_word, words)), what) for words, what in told.next)
    return Explanation(study.name, study.state, told.text, tuple(told.more), {}, following)


def events(study: StudyView) -> list[Event]:
    """Return what was asked of a study and what its conductors did, the oldest first."""
    from maestro_cli.study.history import read_history
    from maestro_cli.views.history import as_records

    if not study.started:
        return []
    found = []
    for record in as_records(read_history(study.root)):
        facts = {name: value for name, value in record.items() if name not in ("time", "event")}
        moment = datetime.fromtimestamp(float(str(record["time"])), timezone.utc)
        found.append(Event(moment, str(record["event"]), facts))
    return found


def logs(study: StudyView, found: Iterable[Row]) -> list[Path]:
    """Return the output files of instances, those of the latest attempt of each last."""
    from maestro_cli.study.step_logs import logs_of

    return [log for row in found for log in logs_of(study, row)]


def picture(study: StudyView, form: Form, *, instances: bool, limit: int | None) -> str:
    """Draw the steps of a study, or its instances; no limit: as many as the command draws."""
    from maestro_cli.graph_view import MOST_INSTANCES, MOST_STEPS
    from maestro_cli.graph_view.forms import written
    from maestro_cli.graph_view.pictures import instances_picture, steps_picture
    from maestro_cli.study.outline import outline_of

    outline = outline_of(study)
    if instances:
        return written(instances_picture(outline, limit=limit or MOST_INSTANCES), form)
    return written(steps_picture(outline, limit=limit or MOST_STEPS), form)
