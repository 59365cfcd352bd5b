"""Where a study was before.

Would catch a copy that is taken for the original, so that it follows and cancels that one's jobs, and
a study that loses its jobs because it was reached by another path.
"""

from __future__ import annotations

import platform
import shutil

import pytest

from maestro_conductor.model import records
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.conductor_record import boot_id
from maestro_conductor.workspace.folder_identity import identify
from maestro_conductor.workspace.place import Origin, find_origin
from maestro_conductor.workspace.run_file import read_run


@pytest.fixture
def study(tmp_path):
    return make_workspace(tmp_path / "study", [StepPlan("a")])


def origin(root, before):
    return find_origin(root, None, str(before), read_run(root).study_id)


def test_where_it_was_last_run_goes_before_where_it_was_made(study, tmp_path):
    here = records.opened(1, "h", "b", 2, "1", str(study), "0123456789ab")
    assert find_origin(study, here, str(tmp_path / "made"), "0123456789ab") is None
    old = {name: value for name, value in here.items() if name not in ("root", "study_id")}
    assert find_origin(study, old, str(study), "0123456789ab") is None


def test_a_study_that_stays_came_from_nowhere(study):
    assert origin(study, study) is None


def test_another_path_to_it_is_no_other_place(study, tmp_path):
    (tmp_path / "link").symlink_to(study)
    assert origin(tmp_path / "link", study) is None
    assert origin(study, tmp_path / "link") is None


def test_a_study_was_moved_where_the_old_folder_is_gone_or_has_none(study, tmp_path):
    moved = study.rename(tmp_path / "moved")
    assert origin(moved, study) == Origin(str(study), copied=False)
    study.mkdir()
    assert origin(moved, study) == Origin(str(study), copied=False)
    make_workspace(study, [StepPlan("a")])
    assert origin(moved, study) == Origin(str(study), copied=False)


def test_a_study_was_copied_where_the_old_folder_has_it_too(study, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(study, copy)
    assert origin(copy, study) == Origin(str(study), copied=True)


def test_where_a_study_was_made_may_be_unknown(study):
    assert find_origin(study, None, "", "0123456789ab") is None


@pytest.fixture
def opened(study):
    """What the conductor that last ran the study recorded."""
    found = identify(study)
    if found is None:
        pytest.skip("this file system does not tell a folder from its copy")
    me = (platform.node(), boot_id(), 2, "1", str(study), "0123456789ab")
    return records.opened(1, *me, [found.device, found.inode])


def known(root, opened):
    return find_origin(root, opened, "", read_run(root).study_id)


def test_a_copy_is_known_though_the_original_was_moved(study, opened, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(study, copy)
    moved = study.rename(tmp_path / "moved")
    assert known(copy, opened) == Origin(str(study), copied=True)
    assert known(moved, opened) == Origin(str(study), copied=False)
    copy.rename(study)
    assert known(moved, opened) == Origin(str(study), copied=False)


@pytest.mark.parametrize(
    "other", [{"boot": "b0"}, {"host": "h"}, {"folder": [0, 1]}, {"folder": None}, {"folder": []}]
)
def test_what_another_boot_or_file_system_numbered_says_nothing(study, opened, tmp_path, other):
    moved = study.rename(tmp_path / "moved")
    opened["folder"] = [opened["folder"][0], 1]
    assert known(moved, opened) == Origin(str(study), copied=True)
    assert known(moved, {**opened, **other}) == Origin(str(study), copied=False)
