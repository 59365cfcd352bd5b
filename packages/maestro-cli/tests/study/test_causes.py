"""Why instances failed, and which failed alike.

A fault here would be two faults that are told as one, or one that is told a thousand times.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_cli.study.causes import cause, group, likeness
from maestro_cli.study.workspace_view import open_study


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "exit code 7"),
        ({"exit_code": 139}, "signal SIGSEGV"),
        ({"exit_code": 255}, "exit code 255"),
        ({"exit_code": None, "reason": "ended by SIGKILL"}, "signal SIGKILL"),
        ({"exit_code": None, "reason": "a signal ended the job before …"}, "signal"),
        ({"exit_code": None, "reason": "no folder"}, "no folder"),
        ({"exit_code": None}, "failed"),
        ({"exit_code": None, "job": None, "reason": "bad"}, "refused by the scheduler"),
        ({"state": "TIMEDOUT"}, "time-out"),
        ({"state": "HWFAILURE"}, "node failure"),
    ],
)
def test_causes(failed: Path, fields: dict[str, object], told: str) -> None:
    instance = open_study(failed).instances([1])[0]
    assert cause(instance._replace(reason=None)._replace(**fields)) == told


def test_numbers_and_paths_make_no_difference() -> None:
    one = likeness(["/tmp/a1/x.py:12: no mesh for cell 7", " at 1.5e-3 s, 0x7ffe"])
    assert one == likeness(["/scratch/b/y.py:9: no mesh for cell 12", "at 2.25e+10 s, 0xab"])
    assert one != likeness(["/tmp/a1/x.py:12: no grid for cell 7", "at 1 s, 0x7"])


def test_the_largest_group_comes_first(failed: Path) -> None:
    one = open_study(failed).instances([1])[0]
    many = [one._replace(number=n, exit_code=7 + (n == 0)) for n in range(5)]
    found = group(many, lambda each: ["odd" if each.number % 2 else "even"])
    assert [(each.cause, each.lines, len(each.members)) for each in found] == [
        ("exit code 7", ["odd"], 2),
        ("exit code 7", ["even"], 2),
        ("exit code 8", ["even"], 1),
    ]
