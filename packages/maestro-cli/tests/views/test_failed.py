"""Failed instances with the ends of their logs.

A fault here would be a failure that is not shown, or an escape sequence of a log on the terminal.
"""

from __future__ import annotations

from pathlib import Path

from maestro_cli.study.workspace_view import open_study
from maestro_cli.ui.style import Paint
from maestro_cli.views.failed import lines, one, split

PLAIN = Paint(on=False)


def test_own_failures_are_told_from_those_of_others(failed: Path) -> None:
    own, others = split(open_study(failed).instances())
    assert [each.name for each in own] == ["make_N.2"]
    assert [each.name for each in others] == ["post_N.2", "collect"]


def test_the_end_of_the_log_is_harmless_and_no_longer_than_wanted(failed: Path) -> None:
    study = open_study(failed)
    instance = study.instances([1])[0]
    shown = list(one(study, instance, paint=PLAIN, unicode=False, log_lines=1))
    log = failed / "make/N.2/make_N.2.1001.err"
    assert shown == [
        "",
        "FAILED  make_N.2  exit code 7",
        f"  {log}",
        "  | \\x1b[31mno luck\\x1b[0m",
    ]
    log.write_bytes(b"")
    assert list(one(study, instance, paint=PLAIN, unicode=True))[-1] == f"  {log} (empty)"


def test_a_step_without_output_says_so(failed: Path) -> None:
    study = open_study(failed)
    instance = study.instances([1])[0]._replace(workspace="nowhere")
    shown = list(one(study, instance, paint=PLAIN, unicode=True))
    assert shown[-1] == f"  it left no output in {failed}/nowhere"


def test_the_head_counts(failed: Path) -> None:
    study = open_study(failed)
    shown = list(lines(study, study.instances(), paint=PLAIN, unicode=True))
    assert shown[0] == f"{failed}: FAILED, 1 failed step"
    assert shown[-1] == "2 more could not run because of that"
