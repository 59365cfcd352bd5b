"""What became of a study's folder.

Would catch a study that is written anew where it was deleted, or goes on where it is no longer.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from maestro_conductor.errors import WorkspaceError
from maestro_conductor.workspace.folder_watch import Departure, FolderWatch

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir(), reason="this system does not tell where a folder is"
)


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "study"
    (root / ".maestro").mkdir(parents=True)
    return root


@pytest.fixture
def watch(root):
    watch = FolderWatch(root)
    yield watch
    watch.close()


def test_a_folder_that_stays_is_no_news(root, watch):
    (root / "new").touch()
    assert watch.look() is None


def test_a_deleted_folder_has_no_place(root, watch):
    shutil.rmtree(root)
    assert watch.look() == Departure(None)
    (root / ".maestro").mkdir(parents=True)
    assert watch.look() == Departure(None)


def test_a_moved_folder_is_found_where_it_is(root, watch, tmp_path):
    root.rename(tmp_path / "there")
    assert watch.look() == Departure(tmp_path / "there")
    shutil.copytree(tmp_path / "there", root)
    assert watch.look() == Departure(tmp_path / "there")
    shutil.rmtree(root)
    (tmp_path / "there").rename(root)
    assert watch.look() is None


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(WorkspaceError, match="cannot be opened"):
        FolderWatch(tmp_path)
