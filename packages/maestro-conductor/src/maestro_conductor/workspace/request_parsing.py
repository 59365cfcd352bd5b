"""Read what a request asks for. Pure: from bytes to values.

What requests look like: "Requests" on the workspace format page.
"""

from __future__ import annotations

import contextlib
import json
import reprlib
from collections.abc import Mapping

import attrs

from maestro_conductor.model.settings import SettingsChange
from maestro_conductor.workspace.amendment_files import IS_ID
from maestro_conductor.workspace.field_checks import MOST

__all__ = [
    "AmendRequest",
    "NotYetError",
    "ResumeRequest",
    "parse_request",
    "parse_resume",
    "parse_update",
]


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
    return _settings(value, "update")


@attrs.frozen
class ResumeRequest:
    """What a resume request asks for.

    Attributes:
        steps: names of steps or instances; None: all that went wrong.
        settings: new ones.
    """

    steps: tuple[str, ...] | None
    settings: SettingsChange


def parse_resume(content: bytes) -> ResumeRequest:
    """Return what a resume request asks for.

    Raises:
        ValueError: it makes no sense; the text says why.
    """
    if not content.strip():
        raise NotYetError("it is empty")
    try:
        value = json.loads(content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except ValueError as error:
        raise NotYetError(f"it is no JSON: {error}") from error
    if not isinstance(value, dict) or value.get("request") != "resume":
        raise ValueError('it is no JSON object with `"request": "resume"`')
    if "steps" not in value:
        raise ValueError("it lacks `steps`: names, or null for all that went wrong")
    steps = value["steps"]
    if steps is not None:
        if not isinstance(steps, list) or not all(isinstance(name, str) for name in steps):
            raise ValueError("`steps` is no list of names")
        steps = tuple(steps)
    return ResumeRequest(steps, _settings(value, "resume"))


@attrs.frozen
class AmendRequest:
    """What an amend request asks for.

    Attributes:
        amendment: where it was put together.
        only_new: what has changed and has begun stays as it ran.
        descendants: what comes after a changed or a new instance runs again, too.
    """

    amendment: str
    only_new: bool = False
    descendants: bool = True


def parse_request(content: bytes) -> ResumeRequest | AmendRequest:
    """Return what a request of either kind asks for.

    Raises:
        ValueError: it makes no sense; the text says why.
    """
    value = None
    with contextlib.suppress(ValueError, RecursionError):
        value = json.loads(content)
    if isinstance(value, dict) and value.get("request") == "amend":
        return _amend(value)
    return parse_resume(content)


def _amend(value: Mapping[str, object]) -> AmendRequest:
    amendment = value.get("amendment")
    if not isinstance(amendment, str) or not IS_ID(amendment):
        raise ValueError(f"`amendment` is {reprlib.repr(amendment)}, not 12 hexadecimal digits")
    for name in ("only_new", "descendants"):
        if value.get(name) not in (None, True, False):
            raise ValueError(f"`{name}` is {reprlib.repr(value[name])}, not true or false")
    return AmendRequest(
        amendment,
        only_new=value.get("only_new") is True,
        descendants=value.get("descendants") is not False,
    )


def _settings(value: Mapping[str, object], source: str) -> SettingsChange:
    return SettingsChange(
        throttle=_limit(value, "throttle"),
        rlimit=_limit(value, "rlimit"),
        sleep=_seconds(value, "sleep"),
        source=source,
    )


def _limit(value: Mapping[str, object], name: str) -> int | None:
    number = value.get(name)
    if number is None or (type(number) is int and 0 <= number <= MOST):
        return number
    shown = reprlib.repr(number)
    raise ValueError(f"`{name}` is {shown}, not a whole number from 0 (no limit) to {MOST}")


def _seconds(value: Mapping[str, object], name: str) -> float | None:
    number = value.get(name)
    if number is None:
        return None
    if isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number < 1e9:
        return number
    raise ValueError(f"`{name}` is {reprlib.repr(number)}, not a number of seconds below 1e9")
