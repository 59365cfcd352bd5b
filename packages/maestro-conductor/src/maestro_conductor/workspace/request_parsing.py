"""Read what a request asks for. Pure: from bytes to values.

What requests look like: "Requests" on the workspace format page.
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Callable, Mapping

from maestro_conductor.model.requests import Ask, Selection
from maestro_conductor.model.settings import SettingsChange
from maestro_conductor.workspace.field_checks import MOST

__all__ = ["KINDS", "NotYetError", "parse_request", "parse_update", "request_kind"]


class NotYetError(Exception):
    """The file is empty or torn; its writer may still be at it."""


def parse_update(content: bytes) -> SettingsChange:
    """Return the settings in a ``.study.update.lock``.

    Raises:
        ValueError: it makes no sense; the text says why.
    """
    import yaml  # only where somebody asks: it takes longer to load than a study may take to run

    if not content.strip():
        raise NotYetError("it is empty")
    try:
        value = yaml.safe_load(content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except Exception as error:  # PyYAML raises what it happens to: IndexError for `!!int ''`
        raise NotYetError(f"it is no YAML: {error}") from error
    if not isinstance(value, dict):
        raise ValueError("it is no map of throttle, rlimit and sleep")
    return _limits(value, "update")


def parse_request(content: bytes) -> Ask:
    """Return what a file of ``.maestro/requests`` asks for.

    Raises:
        ValueError: it makes no sense; the text says why.
    """
    value = _read(content)
    kind = value.get("request")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"it is no JSON object with a `request` that is one of {', '.join(KINDS)}")
    return KINDS[kind](value)


def request_kind(content: bytes) -> str | None:
    """Return which of `KINDS` a file asks for that may make no sense otherwise; None: none of them."""
    try:
        kind = _read(content).get("request")
    except (NotYetError, ValueError):
        return None
    return kind if isinstance(kind, str) and kind in KINDS else None


def _read(content: bytes) -> Mapping[str, object]:
    if not content.strip():
        raise NotYetError("it is empty")
    try:
        value = json.loads(content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except ValueError as error:
        raise NotYetError(f"it is no JSON: {error}") from error
    return value if isinstance(value, dict) else {}


# -- one function for each kind of request --


def _resume(value: Mapping[str, object]) -> Ask:
    return Ask("resume", _selection(value), _limits(value, "resume"))


def _hold(value: Mapping[str, object]) -> Ask:
    return Ask("hold", _selection(value))


def _release(value: Mapping[str, object]) -> Ask:
    return Ask("release", _selection(value))


def _skip(value: Mapping[str, object]) -> Ask:
    selection = _selection(value)
    if selection.empty:
        raise ValueError("it must say what is to be skipped: `steps`, `where`, or both")
    return Ask("skip", selection)


def _cancel(value: Mapping[str, object]) -> Ask:
    return Ask("cancel", _selection(value))


def _update(value: Mapping[str, object]) -> Ask:
    limits = _limits(value, "update")
    change = SettingsChange(
        limits.throttle,
        limits.rlimit,
        limits.sleep,
        limits.source,
        local_slots=_limit(value, "local_slots", least=1),
        batch=_batch(value),
    )
    return Ask("update", settings=change)


#: Word in the field `request` → reads the rest.
KINDS: Mapping[str, Callable[[Mapping[str, object]], Ask]] = {
    "resume": _resume,
    "hold": _hold,
    "release": _release,
    "skip": _skip,
    "cancel": _cancel,
    "update": _update,
}


def _selection(value: Mapping[str, object]) -> Selection:
    if "steps" not in value and "where" not in value:
        raise ValueError("it lacks `steps`, and `where`: what is meant, or null for all")
    steps, where = _texts(value, "steps", "names"), _texts(value, "where", "conditions")
    return Selection(steps, where)


def _texts(value: Mapping[str, object], name: str, what: str) -> tuple[str, ...] | None:
    texts = value.get(name)
    if texts is None:
        return None
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"`{name}` is no list of {what}")
    return tuple(texts)


def _limits(value: Mapping[str, object], source: str) -> SettingsChange:
    return SettingsChange(
        throttle=_limit(value, "throttle"),
        rlimit=_limit(value, "rlimit"),
        sleep=_seconds(value, "sleep"),
        source=source,
    )


def _limit(value: Mapping[str, object], name: str, *, least: int = 0) -> int | None:
    number = value.get(name)
    if number is None or (type(number) is int and least <= number <= MOST):
        return number
    shown = reprlib.repr(number)
    meaning = "" if least else " (no limit)"
    raise ValueError(f"`{name}` is {shown}, not a whole number from {least}{meaning} to {MOST}")


def _seconds(value: Mapping[str, object], name: str) -> float | None:
    number = value.get(name)
    if number is None:
        return None
    if isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number < 1e9:
        return number
    raise ValueError(f"`{name}` is {reprlib.repr(number)}, not a number of seconds below 1e9")


def _batch(value: Mapping[str, object]) -> Mapping[str, object]:
    batch = value.get("batch")
    if batch is None:
        return {}
    if not isinstance(batch, dict):
        raise ValueError("`batch` is no map of batch keys")
    for key, new in batch.items():
        whole = type(new) is not int or abs(new) <= MOST
        if not (new is None or isinstance(new, str | int | float)) or not whole or new != new:
            raise ValueError(f"`batch` has {key}: {reprlib.repr(new)}, which is no single value")
    return batch
