"""Read what a request asks for. Pure: from bytes to values.

What requests look like: "Requests" on the workspace format page.
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Mapping
from typing import Any

from maestro_conductor.model.settings import SettingsChange
from maestro_conductor.workspace.field_checks import MOST

__all__ = ["NotYetError", "parse_resume", "parse_update"]


class NotYetError(Exception):
    """The file is empty or torn; its writer may still be at it."""


def parse_update(content: bytes) -> SettingsChange:
    """The settings in a ``.study.update.lock``.

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


def parse_resume(content: bytes) -> tuple[tuple[str, ...] | None, SettingsChange]:
    """The steps (None: all that went wrong) and the settings in a resume request.

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
    return steps, _settings(value, "resume")


def _settings(value: Mapping[str, Any], source: str) -> SettingsChange:
    for name in ("throttle", "rlimit"):
        number = value.get(name)
        if number is not None and (not _is_number(number, int) or not 0 <= number <= MOST):
            shown = reprlib.repr(number)
            raise ValueError(f"`{name}` is {shown}, not a whole number from 0 (no limit) to {MOST}")
    sleep = value.get("sleep")
    if sleep is not None and (not _is_number(sleep, (int, float)) or not 0 <= sleep < 1e9):
        raise ValueError(f"`sleep` is {reprlib.repr(sleep)}, not a number of seconds below 1e9")
    return SettingsChange(value.get("throttle"), value.get("rlimit"), sleep, source)


def _is_number(value: object, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)
