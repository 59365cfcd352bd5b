"""Settle resources and batch settings once their tokens are resolved; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from maestro_graph.errors import ResourceError
from maestro_graph.expansion.resource_values import COUNTS, SWITCHES, switch, whole_number
from maestro_graph.expansion.walltime import SCHEDULERS, is_foreign, is_walltime
from maestro_graph.model.graph import Batch, Resources
from maestro_graph.model.plain import PlainValue

#: Texts of the batch block.
_WORDS = ("host", "bank", "queue", "reservation", "qos", "uri", "version")


def strings_of(value: object) -> Iterator[str]:
    """Yield every text in a value, in lists and maps too, in a fixed order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from strings_of(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from strings_of(each)


def map_strings(value: PlainValue, change: Callable[[str], str]) -> PlainValue:
    """Return ``value`` with every text in it, in lists and maps too, changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: map_strings(each, change) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [map_strings(each, change) for each in value]
    return value


def map_resources(resources: Resources, change: Callable[[str], str]) -> Resources:
    """Return ``resources`` with every text changed; numbers stay as they are."""
    # `Any`, here and below: fields by their names, whose types the class says.
    fields: dict[str, Any] = {
        name: map_strings(value, change)
        for name, value in attrs.asdict(resources, recurse=False).items()
    }
    return Resources(**fields)


def texts_of(resources: Resources) -> list[str]:
    """Return every text in the resources, in a fixed order."""
    return list(strings_of(attrs.asdict(resources, recurse=False)))


def settle(resources: Resources, where: str, scheduler: str = "local") -> Resources:
    """Turn the texts of resolved resources into what they mean.

    Args:
        resources: without tokens.
        where: whose they are, for messages.
        scheduler: the type of the batch block.

    Returns:
        Counts as ints, flags as bools, a numeric priority as a number, the rest as it was.

    Raises:
        ResourceError: a count is no whole number or too small, a flag neither true nor false, or the
            walltime none that the scheduler understands.
    """
    settled: dict[str, Any] = {}
    for name, value in attrs.asdict(resources, recurse=False).items():
        if name in COUNTS:
            settled[name] = count(value, name, where, least=COUNTS[name])
        elif name in SWITCHES:
            settled[name] = _flag(value, name, where)
        elif name == "priority":
            settled[name] = _number_or_text(value)
        elif value is None or name in ("allocation_args", "launcher_args"):
            settled[name] = value
        else:
            settled[name] = _word(value)
    resources = Resources(**settled)
    _check_walltime(resources, where, scheduler)
    return resources


def _check_walltime(settled: Resources, where: str, scheduler: str) -> None:
    text = settled.walltime
    if text is None:
        return
    handed = bool(settled.nodes or settled.procs) and scheduler in SCHEDULERS
    trouble = None
    if not is_walltime(text):
        trouble = "which is no walltime" if handed or settled.enforce_walltime else None
    elif handed and is_foreign(text, scheduler):
        trouble = f"for which {scheduler} has no word"
    if trouble is not None:
        raise ResourceError(
            f"walltime of {where} is {text!r}, {trouble}",
            hint="write minutes (90), HH:MM:SS (24:00:00) or days (2-00:00:00), or leave it out",
        )


def settle_batch(batch: Batch, change: Callable[[str], str]) -> Batch:
    """Return the batch block with its tokens resolved and its counts as ints.

    Raises:
        ResourceError: a count is no whole number.
    """
    fields: dict[str, Any] = {
        name: map_strings(value, change)
        for name, value in attrs.asdict(batch, recurse=False).items()
    }
    for name in ("nodes", "procs", "gpus"):
        fields[name] = count(fields[name], name, "the batch block")
    for name in _WORDS:
        fields[name] = _word(fields[name])
    fields["shell"] = _word(fields["shell"]) or Batch().shell
    return Batch(**fields)


def _word(value: object) -> str | None:
    """Return a text, or None for one that is blank: "not said"."""
    text = "" if value is None else str(value)
    return text if text.strip() else None


def count(value: object, name: str, where: str, *, least: int = 0) -> int | None:
    """Return a whole number from ``least`` on, or None for "not said".

    Raises:
        ResourceError: it is neither.
    """
    text = "" if value is None else str(value).strip()
    if not text:
        return None
    number = None if isinstance(value, bool) else whole_number(text)
    if number is not None:
        if number >= least:
            return number
        raise ResourceError(
            f"{name.replace('_', ' ')} of {where} is {text}, and must be at least {least}",
            hint="check the value of the parameter or variable that it names",
        )
    raise ResourceError(
        f"{name.replace('_', ' ')} of {where} is {text!r}, which is no whole number",
        hint="check the value of the parameter or variable that it names",
    )


def _flag(value: object, name: str, where: str) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    said = switch(text)
    if said is None:
        raise ResourceError(
            f"{name.replace('_', ' ')} of {where} is {text!r}, which is neither true nor false"
        )
    return said


def _number_or_text(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value
