"""The driver waits for what a script leaves in the background, and for nothing else.

A fault here would be a program that the scheduler kills, as the script around it had ended, or a job that
goes on to its walltime because of a daemon.
"""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from maestro_adapters.script import attempt_file, driver


def start_driver(shell, workspace, body, environment=None):
    script = workspace / "job é.sh"
    script.write_text(f"#!/bin/sh\n{body}")
    script.chmod(0o755)
    text = driver.scheduled(
        [],
        driver.arguments(str(workspace), str(script), 1, log="job"),
        {"MAESTRO_TOKEN": "m1.1.1"},
    )
    return subprocess.Popen([*shell, "-c", text], start_new_session=True, env=environment)


def until(true):
    """Look until it holds; a test in which it never does is ended by pytest's time-out."""
    while not true():
        os.sched_yield()


def said(workspace):
    path = workspace / ".attempt.1"
    return path.read_text() if path.exists() else ""


def errors_of(workspace):
    (path,) = workspace.glob("job.*.err")
    return path.read_text()


@pytest.mark.parametrize("streams", ["", ">log1.txt", "2>/dev/null"])
def test_what_a_script_leaves_in_the_background_is_waited_for(shell, workspace, streams):
    os.mkfifo(workspace / "gate")
    body = f"(read -r x <gate; echo late >late) {streams} &\nexit 3\n"
    with start_driver(shell, workspace, body) as process:
        until(lambda: "command code=3 left=" in said(workspace))
        assert attempt_file.read(workspace / ".attempt.1").exit_code is None
        until(lambda: errors_of(workspace))
        left = said(workspace).split("left=")[1].split("\n")[0]
        name, _, pid = left.partition(":")
        assert Path(f"/proc/{int(pid)}/comm").read_text() in (f"{name}\n", "job é.sh\n")
        assert f"exit code 3; waiting for what it left in the background: {left}\n" in errors_of(
            workspace
        )
        (workspace / "gate").write_text("\n")
        assert process.wait(60) == 3
    assert (workspace / "late").read_text() == "late\n"
    assert attempt_file.read(workspace / ".attempt.1").exit_code == 3


@pytest.mark.parametrize("how", ["sh -c '%s' >/dev/null 2>&1 &", "setsid sh -c '%s' &"])
def test_what_closed_the_logs_or_left_the_session_is_not_waited_for(shell, workspace, how):
    os.mkfifo(workspace / "gate")
    left = how % "echo $$ >pid; read -r x <gate"
    body = f"{left}\nwhile [ ! -s pid ]; do sleep 0.01; done\nexit 4\n"
    with start_driver(shell, workspace, body) as process:
        assert process.wait(60) == 4
    assert Path(f"/proc/{int((workspace / 'pid').read_text())}").exists()
    (workspace / "gate").write_text("\n")
    assert "command" not in said(workspace)


def test_a_job_that_is_told_to_end_waits_for_nothing_more(shell, workspace):
    os.mkfifo(workspace / "gate")
    body = (
        "(trap '' TERM; : >there; read -r x <gate) &\nwhile [ ! -e there ]; do sleep 0.01; done\n"
    )
    with start_driver(shell, workspace, body) as process:
        until(lambda: "command code=0" in said(workspace))
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    (workspace / "gate").write_text("\n")


@pytest.mark.slow
def test_a_job_is_told_to_end_at_any_moment(shell, tmp_path):
    """It never rests here, so that signals come in the middle of its looking. Bash lost 7 of 100 once."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "sleep").symlink_to("/bin/true")
    for number in range(200):
        folder = tmp_path / str(number)
        folder.mkdir()
        os.mkfifo(folder / "gate")
        body = "(trap '' TERM; : >there; read -r x <gate) &\nwhile [ ! -e there ]; do :; done\n"
        path = f"{tools}:{os.environ['PATH']}"
        with start_driver(shell, folder, body, {**os.environ, "PATH": path}) as process:
            until(lambda folder=folder: "command code=0" in said(folder))
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(number % 30 / 1000)
            process.send_signal(signal.SIGTERM)
            try:
                assert process.wait(30) == 0
            finally:
                process.kill()
                (folder / "gate").write_text("\n")
