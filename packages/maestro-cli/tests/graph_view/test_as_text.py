"""Graphs in a terminal, looked at once and kept.

A fault here would be a line that folds, a name that moves the cursor, or a box without its line.
"""

from __future__ import annotations

import itertools

import pytest

from maestro_cli.graph_view.as_text import _tracks, boxes, listing, text_lines
from maestro_cli.graph_view.pictures import instances_picture, steps_picture
from maestro_cli.testing import funnel, hostile, outline
from maestro_cli.ui.style import Paint
from maestro_cli.views.table import cells

PLAIN = Paint(on=False)

FUNNEL = """\
            ┌──────┐
            │ make │
            │ ×3   │
            └──────┘
          ╭─────┴╮
          │      │
      ┌──────┐   │
      │ post │   │
      │ ×3   │   │
      └──────┘   │
          │   ╭──╯
          ╰───┤
              │
 ┌─────────────────────────┐
 │ collect                 │
 │ ×1                      │
 │ after all of make, post │
 └─────────────────────────┘
"""


def test_steps_are_boxes_that_lines_join() -> None:
    found = text_lines(steps_picture(funnel(), limit=9), width=80, paint=PLAIN, unicode=True)
    assert "\n".join(found) + "\n" == FUNNEL


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
@pytest.mark.parametrize("unicode", [True, False])
def test_no_line_is_longer_than_the_terminal(width: int, unicode: bool) -> None:
    long = outline(
        [("a-step-with-a-name-that-no-terminal-has-room-for-" + "x" * 40, 7), ("日本語" * 20, 1)],
        groups={7: [0]},
        states=["FINISHED"] * 3 + ["FAILED", "RUNNING", "QUEUED", "PENDING", "INITIALIZED"],
    )
    for study in (long, funnel(9), hostile()):
        for picture in (steps_picture(study, limit=50), instances_picture(study, limit=50)):
            for form in (listing, text_lines):
                for line in form(picture, width=width, paint=PLAIN, unicode=unicode):
                    assert cells(line) <= width, line
                    assert (
                        unicode
                        or line.replace("日", "").replace("本", "").replace("語", "").isascii()
                    )


def test_what_is_too_wide_is_a_list() -> None:
    picture = steps_picture(funnel(), limit=9)
    assert boxes(picture, width=20, paint=PLAIN, unicode=True) is None
    assert listing(picture, width=None, paint=PLAIN, unicode=True) == [
        "make  ×3",
        "post  ×3  ← make",
        "collect  ×1  ← all of make, all of post",
    ]


def test_names_are_text() -> None:
    for width in (None, 30):
        for line in text_lines(
            steps_picture(hostile(), limit=50), width=width, paint=PLAIN, unicode=True
        ):
            assert line.isprintable(), line
            assert "\u202e" not in line


def test_a_line_goes_on_from_each_box_to_the_next() -> None:
    found = boxes(instances_picture(funnel(2), limit=9), width=80, paint=PLAIN, unicode=True)
    assert found is not None
    # Each row between two boxes has a line: no box hangs in the air.
    for above, below in itertools.pairwise(found):
        if "└" in above:
            assert set(below) & set("│╰╯┴"), below


def test_states_are_coloured_and_said() -> None:
    states = ["FAILED", "FINISHED", "FINISHED", *["QUEUED"] * 4]
    picture = steps_picture(funnel(3, states), limit=9)
    text = "\n".join(text_lines(picture, width=80, paint=Paint(on=True), unicode=True))
    assert "\x1b[1;31m" in text
    assert "×3: 1 failed, 2 finished" in text


def test_notes_stand_below() -> None:
    picture = instances_picture(funnel(30), limit=10)
    assert text_lines(picture, width=80, paint=PLAIN, unicode=True)[-1] == (
        "… 10 of 61 instances are drawn; the others are counted"
    )


def test_lines_that_share_a_column_do_not_run_into_each_other() -> None:
    # What goes down in column 20 begins below the row in which the source of column 20 turns away.
    tracks = _tracks({5: [20], 20: [30], 28: [27], 40: [40]})
    assert tracks[20] < tracks[5]
    assert 40 not in tracks
