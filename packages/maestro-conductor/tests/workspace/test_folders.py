"""Folders of a workspace.

Would catch a step's folder that is not made, a deleted workspace that comes back, and a folder made outside.
"""

from __future__ import annotations

import pytest

from maestro_conductor.workspace.folders import make_folder


def test_a_folder_and_those_between_are_made_once(tmp_path):
    for _ in range(2):
        make_folder(tmp_path, "a/b/c")
        make_folder(tmp_path, "a")
    assert (tmp_path / "a/b/c").is_dir()


def test_nothing_is_made_where_a_link_leads_out(tmp_path):
    (tmp_path / "w").mkdir()
    (tmp_path / "w/a").symlink_to(tmp_path)
    for workspace in ("a", "a/b", "a/b/c"):
        with pytest.raises(OSError, match="out of the workspace"):
            make_folder(tmp_path / "w", workspace)
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("workspace", ["a", "a/b", ""])
def test_the_workspace_itself_is_never_made(tmp_path, workspace):
    with pytest.raises(FileNotFoundError):
        make_folder(tmp_path / "gone", workspace)
    assert not (tmp_path / "gone").exists()
