"""Read the counts and switches that a text gives: "Counts and switches" on the workspace format page; pure."""

from __future__ import annotations

import re

#: What a step asks for in whole numbers, and how many at least.
COUNTS = {
    "nodes": 1,
    "procs": 1,
    "gpus": 0,
    "cores_per_task": 1,
    "tasks_per_rs": 1,
    "rs_per_node": 1,
    "cpus_per_rs": 1,
}
#: What a step asks for or not.
SWITCHES = (
    "exclusive_allocation",
    "exclusive_launcher",
    "nested",
    "waitable",
    "requeue",
    "enforce_walltime",
)

# Of very many digits Python makes no number, and MessagePack holds none of more than 19.
_WHOLE_NUMBER = re.compile(r"([0-9]{1,18})(?:\.0*)?")
_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0", ""})


def whole_number(text: str) -> int | None:
    """Return the whole number that a text is; None: it is none."""
    found = _WHOLE_NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None


def switch(text: str) -> bool | None:
    """Return what a text says of a switch; None: neither true nor false."""
    word = text.strip().lower()
    return True if word in _YES else False if word in _NO else None
