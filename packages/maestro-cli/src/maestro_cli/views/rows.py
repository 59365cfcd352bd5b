"""Make the texts that every layout shows of an instance: the columns of ``status.csv``."""

from __future__ import annotations

from collections.abc import Iterable

from maestro_cli.study.instances import Instance
from maestro_cli.views.time_text import Moments, duration

COLUMNS = (
    "Step Name",
    "Job ID",
    "Workspace",
    "State",
    "Run Time",
    "Elapsed Time",
    "Start Time",
    "Submit Time",
    "End Time",
    "Number Restarts",
    "Params",
)


def rows(instances: Iterable[Instance], now: int, *, for_people: bool = False) -> list[list[str]]:
    """Return one list of texts per instance, in the order of :data:`COLUMNS`.

    Args:
        instances: What to show.
        now: ms since 1970, for what still runs.
        for_people: Say of states what ``status.csv`` has no words for: skipped, held.
    """
    moment = Moments()
    state = _state_for_people if for_people else _state
    return [
        [
            each.name,
            each.job or "--",
            each.workspace,
            state(each),
            duration(each.run_time(now)),
            duration(each.elapsed(now)),
            moment(each.started),
            moment(each.submitted),
            moment(each.ended),
            str(each.restarts),
            each.parameters,
        ]
        for each in instances
    ]


def _state(instance: Instance) -> str:
    """Return the state as upstream's tools know it."""
    return "FINISHED" if instance.state == "SKIPPED" else instance.state


def _state_for_people(instance: Instance) -> str:
    return f"{instance.state} held" if instance.held else instance.state
