"""Would catch a request of which it is not told whose it is."""

from __future__ import annotations

import os
import pwd

import pytest

from maestro_conductor.workspace.file_owner import owner_of


def test_an_owner_has_a_name(tmp_path):
    assert owner_of(tmp_path) == pwd.getpwuid(os.getuid()).pw_name


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_an_owner_whom_nobody_knows_is_a_number_and_a_link_is_whose_link_it_is(tmp_path):
    link = tmp_path / "link"
    link.symlink_to("/etc/passwd")
    os.lchown(link, 987654, 0)
    assert owner_of(link) == "987654"
