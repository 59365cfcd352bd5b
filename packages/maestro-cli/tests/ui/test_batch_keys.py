"""Keys of the batch block on the command line.

A fault here would be a mistyped key that changes nothing, or a number that a scheduler gets as it is not.
"""

from __future__ import annotations

import argparse

import pytest

from maestro_cli.ui.batch_keys import BATCH_KEYS, batch_key


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("queue=long", ("queue", "long")),
        ("bank=007", ("bank", "007")),
        ("nodes=4", ("nodes", 4)),
        ("gpus=0", ("gpus", 0)),
        ("qos=", ("qos", None)),
    ],
)
def test_values_are_what_schedulers_get(text: str, found: tuple[str, object]) -> None:
    assert batch_key(text) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("quue=x", "did you mean queue"),
        ("shell=/bin/sh", f"there are {', '.join(BATCH_KEYS)}"),
        ("nodes=0", "0 is less than 1"),
        ("procs=all", "'all' is not an integer"),
        ("queue", "'queue' is not NAME=VALUE"),
    ],
)
def test_what_cannot_be_changed_is_refused(text: str, why: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=why):
        batch_key(text)
