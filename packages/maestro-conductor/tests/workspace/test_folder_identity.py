"""A copy that is taken for the folder that it was made of, or a folder that is not known again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from maestro_conductor.workspace.folder_identity import identify


@pytest.fixture
def steady(tmp_path):
    """A folder in a file system that tells folders apart."""
    (tmp_path / "study/.maestro").mkdir(parents=True)
    if identify(tmp_path / "study") is None:
        pytest.skip("this file system does not tell a folder from its copy")
    return tmp_path / "study"


def test_a_folder_that_is_renamed_stays_the_same(steady):
    before = identify(steady)
    assert identify(steady.rename(steady.with_name("new"))) == before


def test_a_copy_is_another_folder(steady):
    shutil.copytree(steady, steady.with_name("copy"))
    before, copy = identify(steady), identify(steady.with_name("copy"))
    assert before.device == copy.device
    assert before.inode != copy.inode


def test_where_nothing_is_known_nothing_is_told(tmp_path):
    assert identify(tmp_path / "nothing") is None
    if Path("/proc/self").exists():
        (tmp_path / "p").mkdir()
        (tmp_path / "p/.maestro").symlink_to("/proc/self")
        assert identify(tmp_path / "p") is None
