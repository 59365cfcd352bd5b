"""A suggestion that misses the name that was meant, names another one, or takes too long."""

from __future__ import annotations

import pytest

from maestro_spec.schema.suggest import Suggester

KNOWN = ["walltime", "cores per task", "depends", "cmd"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("waltime", "walltime"), ("WALLTIME", "walltime"), ("cores_per_task", "cores per task"),
        ("cores-per-taks", "cores per task"), ("dpeends", "depends"), ("cmd", None), ("cdm", "cmd"),
        ("exclusive", None), ("", None), ("x" * 61, None),
    ],
)  # fmt: skip
def test_the_name_that_was_meant(name, meant):
    assert Suggester().closest(name, KNOWN) == meant


def test_nothing_is_suggested_once_too_many_letters_were_compared():
    suggester = Suggester()
    known = [f"name_{number}" for number in range(10_000)]
    assert suggester.closest("nmae_1", known) is not None
    for _ in range(20):
        suggester.closest("nmae_1", known)
    assert suggester.closest("nmae_1", known) is None
