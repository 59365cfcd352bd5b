"""Failures by their cause.

A fault here would be a thousand groups of one, or two causes that are taken for one.
"""

from __future__ import annotations

import pytest

from maestro_cli.report.failures import group, pattern
from maestro_cli.study.instances import Instance


def instance(
    number: int, state: str = "FAILED", code: int | None = 1, reason: str | None = None
) -> Instance:
    times = (None, None, None)
    return Instance(
        number,
        f"s_{number}",
        "s",
        f"s/{number}",
        state,
        "7",
        1,
        "first",
        *times,
        0,
        0,
        0,
        code,
        reason,
        "",
        False,
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("at 0x7ffe12", "at 0xdead"),
        ("reading /scratch/a/1.dat: no", "reading /tmp/b: no"),
        ("residual 1.5e-3  > 1e-6", "residual 2 > 0.1"),
        ("block 17", "block 9"),
    ],
)
def test_numbers_and_paths_do_not_tell_causes_apart(one: str, other: str) -> None:
    assert pattern(one) == pattern(other)


def test_words_do() -> None:
    assert pattern("out of memory") != pattern("out of luck")


def test_the_largest_group_comes_first_with_an_example() -> None:
    logs = {0: ["x", "no luck 1"], 1: ["died"], 2: ["no luck 2", ""], 3: ["no luck 3"]}
    failed = [instance(n) for n in range(3)] + [instance(3, code=2), instance(4, "TIMEDOUT", None)]
    found, unread = group(
        failed,
        lambda each: (f"log{each.number}", logs[each.number]) if each.number in logs else None,
        most_logs=9,
    )
    assert unread == 0
    assert [list(each.names) for each in found] == [["s_0", "s_2"], ["s_1"], ["s_3"], ["s_4"]]
    assert (found[0].log, found[0].lines) == ("log0", ["x", "no luck 1"])
    assert (found[3].log, found[3].lines) == ("", [])


def test_no_more_logs_are_read_than_allowed() -> None:
    read: list[int] = []

    def log(each: Instance) -> tuple[str, list[str]]:
        read.append(each.number)
        return "log", ["same"]

    found, unread = group([instance(n) for n in range(10)], log, most_logs=4)
    assert (read, unread) == ([0, 1, 2, 3], 6)
    assert [len(each.names) for each in found] == [6, 4]


def test_the_exit_code_is_not_said_twice() -> None:
    found, _ = group([instance(1, reason="exit code 1")], lambda _: None, most_logs=1)
    assert found[0].reason == ""
