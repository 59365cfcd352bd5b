"""Make the columns of the table of instances: what they are, when they ran, parameters, results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from maestro_cli.report.content import Column, ResultTable
from maestro_cli.study.instances import BAD_STATES, Instance

__all__ = ["columns_of", "rows_shown"]


def rows_shown(instances: Sequence[Instance], most: int) -> list[int]:
    """Return which instances stand in the table, in their order.

    All, if there is room. Else those that failed by themselves, as far as they take half of it, and
    of the others every so manyth, so that all steps and values are there.
    """
    if len(instances) <= most:
        return list(range(len(instances)))
    bad = [each.number for each in instances if each.state in BAD_STATES and each.attempt]
    chosen = set(_spread(bad, most // 2))
    rest = [number for number in range(len(instances)) if number not in chosen]
    return sorted(chosen.union(_spread(rest, most - len(chosen))))


def _spread(numbers: Sequence[int], most: int) -> list[int]:
    if len(numbers) <= most:
        return list(numbers)
    return [numbers[place * len(numbers) // most] for place in range(most)]


def columns_of(
    instances: Sequence[Instance],
    ready: Sequence[int | None],
    parameters: Sequence[Mapping[str, object]],
    results: ResultTable | None,
    *,
    made: Mapping[int, int | None],
    now: int,
) -> list[Column]:
    """Return the columns of some instances.

    Args:
        instances: Which; one row each.
        ready: Since when each could have run.
        parameters: Of each: name → value.
        results: Of all instances.
        made: Of those with several attempts, when the latest was made; None: that is not known.
        now: ms since 1970, for what still runs.
    """
    waits = [
        None if since is None or each.submitted is None else max(0, each.submitted - since) / 1000
        for each, since in zip(instances, ready, strict=True)
    ]
    queues = [_queued(each, made.get(each.number, each.submitted)) for each in instances]
    columns = [
        Column("Instance", "text", "instance", [each.name for each in instances]),
        Column("Step", "text", "instance", [each.step for each in instances]),
        Column("State", "text", "instance", [_state(each) for each in instances]),
        Column("Run time", "duration", "instance", [each.run_time(now) for each in instances]),
        Column("Exit code", "number", "instance", [each.exit_code for each in instances]),
    ]
    names = dict.fromkeys(name for row in parameters for name in row)
    columns += [
        Column(name, "number", "parameter", [row.get(name) for row in parameters]) for name in names
    ]
    if results is not None:
        nothing: Sequence[object] = [None] * len(results.names)
        rows = [results.rows.get(each.number, nothing) for each in instances]
        columns += [
            Column(name, "number", "result", [row[place] for row in rows])
            for place, name in enumerate(results.names)
        ]
    columns += [
        Column("Waited", "duration", "instance", waits),
        Column("Queued", "duration", "instance", queues),
        Column("Submitted", "time", "instance", [each.submitted for each in instances]),
        Column("Started", "time", "instance", [each.started for each in instances]),
        Column("Ended", "time", "instance", [each.ended for each in instances]),
        Column("Attempts", "number", "instance", [each.attempt or None for each in instances]),
        Column("Job", "text", "instance", [each.job for each in instances]),
        Column("Reason", "text", "instance", [each.reason for each in instances]),
    ]
    return columns


def _queued(instance: Instance, made: int | None) -> float | None:
    """Return the seconds from when the latest attempt was made to its start."""
    if made is None or instance.started is None:
        return None
    return max(0, instance.started - made) / 1000


def _state(instance: Instance) -> str:
    return f"{instance.state} held" if instance.held else instance.state
