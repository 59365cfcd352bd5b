"""A walk that follows a link, or forgets something."""

from __future__ import annotations

import os
from pathlib import Path

from maestro_cli.upkeep.tree import survey, walk


def test_the_private_folder_comes_first_and_no_link_is_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for name in ("b/deep/file", ".maestro/journal", ".a/file", "tmp-name/file"):
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text("12345")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").touch()
    (root / "b/link").symlink_to(tmp_path / "outside")
    os.mkfifo(root / "b/pipe")
    found = [each.path for each in walk(root, lambda path: path != ".a/file", lambda _: None)]
    assert sorted(found) == [
        ".a", ".maestro", ".maestro/journal", "b", "b/deep", "b/deep/file", "b/link", "b/pipe",
        "tmp-name", "tmp-name/file",
    ]  # fmt: skip
    files = [path for path in found if path.endswith(("file", "journal"))]
    assert files == [".maestro/journal", "b/deep/file", "tmp-name/file"]
    told = survey(root, lambda _: True)
    assert (told.files, told.size, told.special) == (5, 20, {"named pipe": ["b/pipe"]})
