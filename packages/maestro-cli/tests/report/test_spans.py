"""Attempts as spans of time, and how many there are at once.

A fault here would be an hour in which sixteen ran and seven are shown.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from maestro_cli.report.spans import Load, Span, load, spans_of
from maestro_cli.study.attempts import Attempt
from maestro_cli.study.instances import Instance


def instance(number: int, state: str, attempt: int, *times: int | None) -> Instance:
    submitted, started, ended = times
    return Instance(
        number, f"s_{number}", "s", "", state, "7", attempt, "first",
        submitted, started, ended, 0, 0, 0, 0, None, "", False,
    )  # fmt: skip


def test_every_attempt_is_one_span() -> None:
    instances = [
        instance(0, "FINISHED", 1, 10, 20, 30),
        instance(1, "FINISHED", 2, 10, 60, 70),
        instance(2, "PENDING", 1, 15, None, None),
        instance(3, "INITIALIZED", 0, None, None, None),
        instance(4, "RUNNING", 1, 5, 6, None),
        instance(5, "FINISHED", 3, 5, 60, 80),  # the journal no longer says when the third was made
    ]
    attempts = {
        1: [Attempt(1, 10, 20, 40, "FAILED"), Attempt(2, 50, 60, 70, "FINISHED")],
    }
    assert spans_of(instances, attempts, 100) == [
        Span(10, 20, 40),
        Span(10, 20, 30),
        Span(50, 60, 70),
        Span(15, None, 100),
        Span(5, 6, 100),
    ]


def test_the_numbers_change_when_something_is_made_starts_or_stops() -> None:
    spans = [Span(0, 5, 9), Span(0, None, 7), Span(5, 5, 20)]
    assert load(spans, 99) == [
        Load(0, 0, 2), Load(5, 2, 1), Load(7, 2, 0), Load(9, 1, 0), Load(20, 0, 0),
    ]  # fmt: skip
    assert load([], 9) == []


@given(
    st.lists(st.tuples(*[st.integers(0, 1000)] * 3).map(sorted), min_size=1, max_size=200),
    st.integers(3, 40),
)
def test_fewer_points_have_the_same_peaks(times: list[list[int]], most: int) -> None:
    spans = [Span(*time) for time in times]
    whole, thin = load(spans, 10_000), load(spans, most)
    assert len(thin) <= most + 1
    assert max(each.running for each in thin) == max(each.running for each in whole)
    assert max(each.queued for each in thin) == max(each.queued for each in whole)
    assert [each.time for each in thin] == sorted(each.time for each in thin)
    assert thin[-1] == whole[-1] == Load(whole[-1].time, 0, 0)
