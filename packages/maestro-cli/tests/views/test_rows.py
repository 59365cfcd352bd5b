"""The columns of `status.csv` for an instance.

A fault here would be a value in another one's column.
"""

from __future__ import annotations

from pathlib import Path

from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import T0
from maestro_cli.views.rows import COLUMNS, rows


def test_each_value_is_in_its_column(failed: Path) -> None:
    made, waiting = open_study(failed).instances([1, 4])
    first, second = (dict(zip(COLUMNS, row, strict=True)) for row in rows([made, waiting], T0))
    assert first == {
        "Step Name": "make_N.2",
        "Job ID": "1001",
        "Workspace": "make/N.2",
        "State": "FAILED",
        "Run Time": "0d:00h:01m:30s",
        "Elapsed Time": "0d:00h:01m:30s",
        "Start Time": "2026-11-22 10:00:01",
        "Submit Time": "2026-11-22 10:00:01",
        "End Time": "2026-11-22 10:01:31",
        "Number Restarts": "0",
        "Params": "N:2",
    }
    assert (second["Job ID"], second["Start Time"], second["Run Time"]) == ("--", "--", "--:--:--")


def test_the_columns_are_those_of_the_format_page() -> None:
    page = (Path(__file__).parents[4] / "docs/workspace-format.md").read_text(encoding="utf-8")
    table = page.partition("#### record `StatusRow`")[2].partition("\n## ")[0]
    fields = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]
    assert fields[1:] == list(COLUMNS)
