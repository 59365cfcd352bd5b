"""The log is rotated, and reaches a collector whole: logrotate, and rsyslog as docs/log-events.md says."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

import debian
from faults.crash_tools import conductor
from maestro_conductor.testing import StepPlan, make_workspace
from waiting import wait_until


def recipe(page: str, folder: Path, root: Path, target: Path) -> Path:
    """The page's own configuration, with its two paths put in."""
    (block,) = re.findall(r"```\n(module.*?)```", page, re.S)
    assert "/path/to/workspace" in block
    assert "/var/log/maestro.json" in block
    block = block.replace("/path/to/workspace", str(root)).replace(
        "/var/log/maestro.json", str(target)
    )
    path = folder / "rsyslog.conf"
    path.write_text(f'global(workDirectory="{folder}")\n{block}')
    return path


def events(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


pytestmark = pytest.mark.once


def test_rsyslog_delivers_every_event_once(tmp_path, repository):
    debian.need("rsyslogd", "rsyslog")
    root = make_workspace(
        tmp_path / "w",
        [StepPlan("a", ["echo not json; sleep 0.02"] * 100)],
        batch={"local_slots": 2},
    )
    (root / "logs").mkdir()
    collected = tmp_path / "collected.json"
    page = (repository / "docs/log-events.md").read_text()
    config = recipe(page, tmp_path, root, collected)
    command = ["rsyslogd", "-n", "-f", str(config), "-i", str(tmp_path / "pid")]
    with subprocess.Popen(command) as shipper, subprocess.Popen(conductor(root)) as running:
        try:
            log = root / "logs/study.log"
            for number in range(3):
                # So many steps have ended that each of the files gets a good part of the events.
                wait_until(lambda ended=25 * (number + 1): len(finished(root)) >= ended)
                wait_until(log.exists)
                log.rename(root / f"logs/study.log.{number}")
            assert running.wait(60) == 0
            written = [line for path in (root / "logs").iterdir() for line in events(path)]
            wait_until(lambda: len(events(collected)) >= len(written), "every event")
        finally:
            shipper.terminate()
    assert Counter(events(collected)) == Counter(written)
    ended = Counter(json.loads(line)["event"] for line in written)
    assert ended["step_finished"] == 100
    assert ended["study_ended"] == 1


def finished(root):
    """The instances whose attempt files tell the end."""
    return [path for path in root.glob("a/*/.attempt.1") if "end code=" in path.read_text()]


@pytest.mark.parametrize("way", ["nocreate", "copytruncate"])
def test_logrotate_leaves_no_holes(tmp_path, way):
    """Rename loses nothing; copytruncate may lose lines, and leaves no holes."""
    debian.need("logrotate", "logrotate")
    root = make_workspace(
        tmp_path / "w", [StepPlan("a", ["sleep 0.02"] * 100)], batch={"local_slots": 2}
    )
    log = root / "logs/study.log"
    config = tmp_path / "logrotate.conf"
    config.write_text(f'"{log}" {{\n rotate 1000\n size 1\n nocompress\n missingok\n {way}\n}}\n')
    rotate = ["logrotate", "-f", "-s", str(tmp_path / "state"), str(config)]
    with subprocess.Popen(conductor(root)) as running:
        while running.poll() is None:
            subprocess.run(rotate, check=True)
    contents = [path.read_bytes() for path in log.parent.iterdir()]
    assert len(contents) > 1
    assert not any(b"\0" in content for content in contents)
    # A copy may end in the middle of a line that was being written: the rotator's doing.
    whole = [content.rpartition(b"\n")[0] for content in contents]
    told = [json.loads(line) for content in whole for line in content.splitlines()]
    ended = Counter(line["instance"] for line in told if line["event"] == "step_finished")
    assert ended
    assert set(ended.values()) == {1}
    if way == "nocreate":
        assert len(ended) == 100
        assert all(content.endswith(b"\n") for content in contents)
