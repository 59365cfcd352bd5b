"""Read the keys of the batch block that a request may change: "Requests" on the workspace format page."""

from __future__ import annotations

import argparse

from maestro_cli.ui.parser import setting, whole

__all__ = ["BATCH_KEYS", "batch_key"]

BATCH_KEYS = ("bank", "queue", "reservation", "qos", "nodes", "procs", "gpus")
#: Those that are numbers, and the least that each may be.
_NUMBERS = {"nodes": 1, "procs": 1, "gpus": 0}


def batch_key(text: str) -> tuple[str, str | int | None]:
    """Read ``KEY=VALUE``, an option's type.

    Returns:
        The key and its value: None where there is none, an int where a number is needed.

    Raises:
        argparse.ArgumentTypeError: There is no such key, or the value is no number.
    """
    key, value = setting(text)
    if key not in BATCH_KEYS:
        import difflib

        near = difflib.get_close_matches(key, BATCH_KEYS, n=1)
        told = f"did you mean {near[0]}?" if near else f"there are {', '.join(BATCH_KEYS)}"
        raise argparse.ArgumentTypeError(f"{key!r} is no key that can be changed: {told}")
    if not value:
        return key, None
    return key, whole(_NUMBERS[key])(value) if key in _NUMBERS else value
