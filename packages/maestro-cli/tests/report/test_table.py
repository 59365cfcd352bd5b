"""The columns of the table of instances, and which instances stand in it."""

from __future__ import annotations

import itertools

from maestro_cli.report.content import ResultTable
from maestro_cli.report.table import columns_of, rows_shown
from maestro_cli.study.instances import Instance


def instance(number: int, state: str = "FINISHED", **more: object) -> Instance:
    made = Instance(
        number,
        f"s_{number}",
        "s",
        "",
        state,
        "7",
        1,
        "first",
        1000,
        3000,
        9000,
        0,
        0,
        0,
        0,
        None,
        "",
        False,
    )
    return made._replace(**more)  # type: ignore[arg-type]


def test_times_waiting_and_parameters() -> None:
    columns = columns_of(
        [instance(0), instance(1, "RUNNING", ended=None, exit_code=None, held=True)],
        [500, None],
        [{"T": 300, "A": "x"}, {"B": 2}],
        None,
        made={},
        now=10_000,
    )
    found = {column.name: list(column.values) for column in columns}
    assert found["Waited"] == [0.5, None]
    assert found["Queued"] == [2.0, 2.0]
    assert found["Run time"] == [6.0, 7.0]
    assert found["State"] == ["FINISHED", "RUNNING held"]
    assert (found["T"], found["A"], found["B"]) == ([300, None], ["x", None], [None, 2])


def test_results_stand_behind_parameters() -> None:
    columns = columns_of(
        [instance(4), instance(5)], [None, None], [{"T": 1}, {"T": 2}],
        ResultTable(["energy", "T"], {5: [-1.5, "hot"]}), made={}, now=0,
    )  # fmt: skip
    groups = [(column.name, column.group) for column in columns if column.group != "instance"]
    assert groups == [("T", "parameter"), ("energy", "result"), ("T", "result")]
    assert list(columns[6].values) == [None, -1.5]


def test_where_there_is_no_room_failures_come_first_and_the_rest_evenly() -> None:
    all_ = [instance(n, "FAILED" if n % 50 == 7 else "FINISHED") for n in range(1000)]
    shown = rows_shown(all_, 100)
    assert len(shown) == 100
    assert shown == sorted(shown)
    assert sum(n % 50 == 7 for n in shown) == 20
    gaps = [b - a for a, b in itertools.pairwise(shown)]
    assert max(gaps) <= 20
    assert rows_shown(all_, 1000) == list(range(1000))


def test_a_study_of_failures_leaves_room_for_what_went_well() -> None:
    all_ = [instance(n, "FAILED" if n < 900 else "FINISHED") for n in range(1000)]
    shown = rows_shown(all_, 100)
    assert len(shown) == 100
    assert sum(n >= 900 for n in shown) >= 5


def test_what_was_tried_again_was_queued_since_its_latest_attempt() -> None:
    again = [instance(n, attempt=2) for n in range(2)]
    columns = columns_of(again, [None] * 2, [{}] * 2, None, made={0: 2500, 1: None}, now=0)
    (queued,) = [column for column in columns if column.name == "Queued"]
    assert list(queued.values) == [0.5, None]
