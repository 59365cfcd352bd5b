"""Folders of a workspace that are links.

Would catch a link that leads out and is followed, and one that is refused though it harms nobody.
"""

from __future__ import annotations

import re

import pytest

from maestro_conductor.workspace.inside import stay_inside


@pytest.fixture
def root(tmp_path):
    (tmp_path / "elsewhere/b").mkdir(parents=True)
    (tmp_path / "real/a/b").mkdir(parents=True)
    (tmp_path / "w").symlink_to("real")
    return tmp_path / "w"


@pytest.mark.parametrize("folder", ["a", "a/b", "a/none/yet", "none"])
def test_what_lies_inside_is_as_it_is(root, folder):
    stay_inside(root, folder)


@pytest.mark.parametrize("link", ["out", "a/out", "a/b/out"])
@pytest.mark.parametrize("below", ["", "/b"])
@pytest.mark.parametrize("target", ["elsewhere", "real-too", "nowhere"])
def test_a_link_that_leads_out_is_named(root, tmp_path, link, below, target):
    (root / link).symlink_to(tmp_path / target)
    with pytest.raises(OSError, match=re.escape(f"out of the workspace, to {tmp_path}")) as raised:
        stay_inside(root, link + below)
    assert raised.value.filename == f"{root}/{link}"


def test_a_link_that_stays_inside_leads_on(root):
    (root / "c").symlink_to("a")
    (root / "d").symlink_to(root / "a/b")  # through the workspace's other name
    stay_inside(root, "c/b")
    stay_inside(root, "d")


def test_a_link_inside_to_a_link_out_leads_out(root, tmp_path):
    (root / "a/out").symlink_to(tmp_path / "elsewhere")
    (root / "c").symlink_to("a")
    with pytest.raises(OSError, match="out of the workspace"):
        stay_inside(root, "c/out")


def test_a_loop_leads_nowhere(root):
    (root / "loop").symlink_to("loop")
    stay_inside(root, "loop")  # whoever opens it is told
