"""Where studies are found.

A fault here would be a link that is followed out of a folder, or a search that has no end.
"""

from __future__ import annotations

from pathlib import Path

from maestro_cli.study.find import find_studies


def make(folder: Path) -> Path:
    (folder / ".maestro").mkdir(parents=True)
    (folder / ".maestro/graph.msgpack").touch()
    return folder


def test_studies_are_found_as_deep_as_was_asked_for(tmp_path: Path) -> None:
    one, two = make(tmp_path / "a/b/ONE"), make(tmp_path / "TWO")
    make(tmp_path / "TWO/step/INNER")
    make(tmp_path / ".hidden.tmp")
    (tmp_path / "a/link").symlink_to(tmp_path)
    (tmp_path / "LINK").symlink_to(two)
    assert list(find_studies(tmp_path, depth=3)) == [two, one]
    assert list(find_studies(tmp_path, depth=2)) == [two]
    assert list(find_studies(two, depth=1)) == [two]
    assert list(find_studies(tmp_path / "nowhere", depth=1)) == []
