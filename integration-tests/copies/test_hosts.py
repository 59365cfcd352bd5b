"""A host and its boot have one name: in the attempt file of the keeper and of a driver, and for the conductor.

A fault here would be an attempt on this host that counts as one of another, and is waited for without end.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from maestro_adapters.local.processes.process_table import host_and_boot
from maestro_adapters.script import driver
from maestro_conductor.workspace import conductor_lock
from maestro_conductor.workspace.attempt_file import read_attempt

pytestmark = pytest.mark.once


def test_all_name_this_host_alike(tmp_path: Path) -> None:
    (tmp_path / ".maestro").mkdir()
    with conductor_lock.hold(tmp_path) as hold:
        mine = (hold.me.host, hold.me.boot)
    assert host_and_boot() == mine
    script = tmp_path / "a.sh"
    script.write_text("#!/bin/sh\ntrue\n")
    script.chmod(0o755)
    text = driver.scheduled([], driver.arguments(str(tmp_path), str(script), 1), {})
    subprocess.run(["sh"], input=text, text=True, check=True, cwd=tmp_path)
    found = read_attempt(tmp_path, 1)
    assert found.fate == "ended"
    assert (found.host, found.boot) == mine
