"""Paths as people would type them.

A fault here would be a path that leads somewhere else.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from maestro_cli.ui.paths import shorter


def test_a_path_is_relative_where_that_is_shorter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shorter(tmp_path / "OUT") == "OUT"
    assert shorter(tmp_path) == "."
    assert shorter("/x") == "/x"
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    assert shorter(tmp_path / "OUT") == "../OUT"
    (tmp_path / "gone").rmdir()
    assert shorter("/x") == "/x"
