"""The table of a maestrowf 1.x study.

A fault here would be a study of maestrowf that is not shown, or one of ours that is taken for one.
"""

from __future__ import annotations

from pathlib import Path

from maestro_cli.study.upstream_csv import read_upstream_csv


def test_rows_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    for name in ("study.pkl", "batch.info"):
        (tmp_path / name).touch()
    assert read_upstream_csv(tmp_path) is None  # it has not begun
    (tmp_path / "status.csv").write_bytes(b'Step Name,State\n"a,b",RUNNING,more\nc\n\xff,X\n')
    assert read_upstream_csv(tmp_path) == [
        {"Step Name": "a,b", "State": "RUNNING"},
        {"Step Name": "c"},
        {"Step Name": "\udcff", "State": "X"},
    ]


def test_a_study_of_ours_has_another_table(staged: Path) -> None:
    (staged / "status.csv").write_text("Step Name\n")
    assert read_upstream_csv(staged) is None
