"""Failed instances with the ends of their logs.

A fault here would be a failure that is not shown, or an escape sequence of a log on the terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from maestro_cli.study.causes import Group
from maestro_cli.study.workspace_view import StudyView, open_study
from maestro_cli.testing import attempt
from maestro_cli.ui.style import Paint
from maestro_cli.views.failed import blockers, lines, of_group, split
from maestro_cli.views.table import cells
from maestro_conductor.model import records

History = Callable[[Sequence[records.Record]], Path]
PLAIN = Paint(on=False)


def test_own_failures_are_told_from_those_of_others(failed: Path) -> None:
    own, others = split(open_study(failed).instances())
    assert [each.name for each in own] == ["make_N.2"]
    assert [each.name for each in others] == ["post_N.2", "collect"]


def example(study: StudyView, **fields: object) -> Group:
    return Group("exit code 7", [], [study.instances([1])[0]._replace(**fields)])


def test_the_end_of_the_log_is_harmless_and_no_longer_than_wanted(failed: Path) -> None:
    study = open_study(failed)
    shown = list(of_group(study, example(study), paint=PLAIN, unicode=False, log_lines=1))
    assert shown == [
        "",
        "exit code 7: make_N.2",
        "  OUT/make/N.2/make_N.2.1001.err",
        "  | \\x1b[31mno luck\\x1b[0m",
    ]
    (failed / "make/N.2/make_N.2.1001.err").write_bytes(b"")
    last = list(of_group(study, example(study), paint=PLAIN, unicode=True))[-1]
    assert last == "  OUT/make/N.2/make_N.2.1001.err (empty)"


def test_a_step_without_output_says_so(failed: Path) -> None:
    study = open_study(failed)
    found = example(study, workspace="nowhere")
    shown = list(of_group(study, found, paint=PLAIN, unicode=True))
    assert shown[-1] == "  it left no output in OUT/nowhere"


def test_the_head_counts_and_what_is_blocked_says_by_whom(failed: Path) -> None:
    study = open_study(failed)
    shown = list(lines(study, study.instances(), paint=PLAIN, unicode=True))
    assert shown[0] == "OUT: FAILED, 1 failed, 2 blocked"
    assert shown[-1] == "2 blocked by make_N.2"
    assert blockers(study, study.instances([4, 6])) == {"make_N.2": 2}


def test_failures_of_one_kind_are_told_once(history: History) -> None:
    root = history([row for i in range(3) for row in attempt(i, "FAILED", 7 + i // 2)])
    for number in (1, 2):
        folder = root / f"make/N.{number}"
        folder.mkdir(parents=True)
        log = folder / f"make_N.{number}.{999 + number}.err"
        log.write_text(f"in {folder}:\nno luck after {number}.5e{number} s\n")
    study = open_study(root)
    shown = list(lines(study, study.instances(), paint=PLAIN, unicode=True))
    assert shown[0] == "OUT: DEAD, 3 failed, 0 blocked"
    assert shown[2:4] == ["2 × exit code 7: make_N.1", "  also: make_N.2"]
    assert sum("no luck" in line for line in shown) == 1
    assert "exit code 8: make_N.x%3By%3Az" in shown[-2] or "exit code 8" in shown[-2]


def test_no_line_is_wider_than_the_terminal(failed: Path) -> None:
    study = open_study(failed)
    (failed / "make/N.2/make_N.2.1001.err").write_text("a very long line " * 20)
    shown = list(lines(study, study.instances(), paint=PLAIN, unicode=True, width=40))
    assert max(map(cells, shown)) <= 40
