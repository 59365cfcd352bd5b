"""What was asked of a study, for people and for programs.

A fault here would be a refusal that reads like a yes, or a line that nobody can read on a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from maestro_cli.study.history import read_history
from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import T0, asked
from maestro_cli.ui.style import Paint
from maestro_cli.views.history import FIELDS, as_records, lines
from maestro_conductor.model import records

History = Callable[[Sequence[records.Record]], Path]


def shown(root: Path, width: int | None, *, colours: bool = False) -> list[str]:
    found = lines(open_study(root), read_history(root), width=width, paint=Paint(on=colours))
    return list(found)


def test_each_event_is_a_line(history: History) -> None:
    root = history(
        [
            asked(T0 + 1000, "hold", "ann", "hold make", 3, message="3 instances held"),
            asked(T0 + 2000, "skip", None, "skip post", 0, accepted=False, message="it runs"),
            records.closed(T0 + 3000, "SIGTERM"),
            records.ended(T0 + 4000, "CANCELLED", 3),
            records.closed(T0 + 4000, "ended"),
        ]
    )
    assert shown(root, None) == [
        f"{root}: CANCELLED",
        "2026-11-22 10:00:00  run by process 4242 on host7",
        "2026-11-22 10:00:01  ann: hold make — 3 instances held",
        "2026-11-22 10:00:02  skip post — refused: it runs",
        "2026-11-22 10:00:03  left by its conductor: SIGTERM",
        "2026-11-22 10:00:04  ended: CANCELLED",
    ]
    coloured = shown(root, None, colours=True)
    assert "\x1b[31mskip post" in coloured[3]


def test_an_amendment_that_was_asked_for_is_one_line(history: History) -> None:
    counts = {"kept": 6, "changed": 3, "again": 0, "new": 0, "gone": 0}
    said = ", ".join(f"{name} {number}" for name, number in counts.items())
    root = history(
        [
            asked(T0 + 1000, "amend", "ann", "amend", 3, message=said),
            records.amended(T0 + 1000, "ann", "0123456789ab", counts),
            records.opened(T0 + 1000, "host7", "boot", 4242, "0.1.0", "/w", "3f9a0c2d71e8"),
            records.closed(T0 + 2000, "SIGTERM"),
            records.opened(T0 + 3000, "host7", "boot", 4242, "0.1.0", "/w", "3f9a0c2d71e8"),
            records.amended(T0 + 4000, "bob", "ba9876543210", counts),
        ]
    )
    assert shown(root, None)[2:] == [
        f"2026-11-22 10:00:01  ann: amend — {said}",
        "2026-11-22 10:00:02  left by its conductor: SIGTERM",
        "2026-11-22 10:00:03  run by process 4242 on host7",
        f"2026-11-22 10:00:04  bob: amended: {said}",
    ]


def test_long_texts_are_folded_below_each_other(history: History) -> None:
    names = " ".join(f"make_N.{i}" for i in range(20))
    root = history([asked(T0, "hold", "ann", f"hold {names}", 20, message="20 instances held")])
    folded = shown(root, 80)[2:]
    assert len(folded) > 2
    assert all(len(line) <= 80 for line in folded)
    assert all(line.startswith(" " * 21) for line in folded[1:])
    assert " ".join(line[21:] for line in folded).endswith("make_N.19 — 20 instances held")


def test_nothing_foreign_reaches_the_terminal(history: History) -> None:
    root = history([asked(T0, "hold", "e\x1b[2Jve", "hold \x07", 0)])
    assert "\x1b" not in "".join(shown(root, 80))


def test_a_study_of_which_nothing_was_asked(staged: Path) -> None:
    assert shown(staged, 80)[1] == "Nothing was asked of it so far."


def test_programs_get_the_fields_of_the_records(history: History) -> None:
    root = history(
        [
            asked(T0 + 1500, "hold", "ann", "hold make", 3, message="3 instances held"),
            records.ended(T0 + 4000, "FINISHED", 0),
        ]
    )
    opened, hold, ended = as_records(read_history(root))
    assert opened == {
        "time": T0 / 1000,
        "event": "opened",
        "host": "host7",
        "pid": 4242,
        "root": str(root),
    }
    assert hold == {
        "time": (T0 + 1500) / 1000,
        "event": "request",
        "request": "hold",
        "by": "ann",
        "text": "hold make",
        "accepted": True,
        "instances": 3,
        "message": "3 instances held",
    }
    assert ended["state"] == "FINISHED"
    assert set(FIELDS) == {"request", "opened", "amended", "ended", "closed"}
