"""`maestro` on this machine's cores, end to end: it runs, and can be cancelled, updated and resumed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from conftest import Maestro
from local_studies import (
    FAILING,
    HELLO,
    WAITING,
    failing,
    hello,
    maestro_path,
    no_conductor_stays,
    status,
    steps,
    waiting,
    write,
)
from waiting import wait_until

__all__ = ["failing", "hello", "no_conductor_stays", "waiting"]  # fixtures

# -- the main job --


def test_the_sample_runs_to_its_end(tmp_path: Path, samples: Path, maestro: Maestro) -> None:
    study = samples / "hello_bye_parameterized.yaml"
    done = maestro("run", "-fg", "-y", "-o", "OUT", study)
    assert done.returncode == 0, done.stdout + done.stderr
    found = status(maestro, tmp_path / "OUT")
    assert found["counts"] == {"FINISHED": 8}
    assert (tmp_path / "OUT" / study.name).read_bytes() == study.read_bytes()
    assert "Finished: 8 steps" in done.stdout


MEETING = """\
description: {name: meeting, description: each of two steps waits for the other}
batch: {type: local, local_slots: 2}
study:
  - {name: gives, description: d, run: {cmd: "echo word > $(OUTPUT_PATH)/pipe"}}
  - {name: takes, description: d, run: {cmd: "read -r word < $(OUTPUT_PATH)/pipe; [ $word = word ]"}}
"""


def test_local_steps_run_at_the_same_time(tmp_path: Path, maestro: Maestro) -> None:
    study = write(tmp_path / "meeting.yaml", MEETING)
    assert maestro("run", "--autono", "-o", "OUT", study).returncode == 0
    os.mkfifo(tmp_path / "OUT" / "pipe")
    done = maestro("resume", "-fg", "OUT", timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert status(maestro, tmp_path / "OUT")["counts"] == {"FINISHED": 2}


def test_the_background_conductor_outlives_the_shell(
    tmp_path: Path, waiting: Path, maestro: Maestro
) -> None:
    # A terminal's hang-up kills what belongs to its session.
    script = f"{maestro_path()} run -y -o OUT {waiting}; exec sleep 60"
    shell = subprocess.Popen(
        ["/bin/sh", "-c", script], cwd=tmp_path, start_new_session=True, stdout=subprocess.PIPE
    )
    wait_until(lambda: b"launched" in shell.stdout.readline())  # type: ignore[union-attr]
    os.killpg(shell.pid, signal.SIGHUP)
    os.killpg(shell.pid, signal.SIGKILL)
    shell.communicate()
    assert status(maestro, tmp_path / "OUT")["state"] == "RUNNING"
    (tmp_path / "go").touch()
    wait_until(lambda: status(maestro, tmp_path / "OUT")["state"] == "FINISHED")


def test_run_returns_once_the_conductor_lives_and_says_how_to_follow(
    tmp_path: Path, waiting: Path, maestro: Maestro
) -> None:
    done = maestro("run", "-y", "-o", "OUT", waiting)
    assert done.returncode == 0
    assert "Study launched successfully" in done.stdout
    assert "maestro status OUT" in done.stdout
    found = status(maestro, tmp_path / "OUT")
    assert found["state"] == "RUNNING"
    assert found["conductor_alive"]


def test_the_path_does_not_matter(tmp_path: Path, hello: Path, maestro: Maestro) -> None:
    done = maestro("run", "-y", "-o", "OUT", hello, env={"PATH": "/usr/bin:/bin"})
    assert done.returncode == 0
    wait_until(lambda: status(maestro, tmp_path / "OUT")["state"] == "FINISHED")


@pytest.mark.parametrize("name", ["a b", "it's", 'quo"te', "$HOME", "-o", "a;b", "ä\nb", "x&y *"])
def test_whatever_the_folder_is_called(
    tmp_path: Path, hello: Path, maestro: Maestro, name: str
) -> None:
    done = maestro("run", "-y", f"--out={name}", hello)
    assert done.returncode == 0, done.stderr
    wait_until(lambda: status(maestro, tmp_path / name)["state"] == "FINISHED")
    assert "\n" not in name or name not in done.stdout


def test_a_conductor_that_cannot_start_is_reported(
    tmp_path: Path, hello: Path, maestro: Maestro
) -> None:
    done = maestro("run", "-y", "-o", "OUT", "--adapter", "nosuch", hello)
    assert done.returncode == 1
    assert "nosuch" in done.stderr
    assert "Traceback" not in done.stderr


DOOMED = """\
import os, sys
if "--ready-fd" in sys.orig_argv:
    os.write(2, b"conductor: the sky fell\\n")
    os._exit(5)
"""


def test_the_words_of_a_conductor_that_did_not_start(
    tmp_path: Path, hello: Path, maestro: Maestro
) -> None:
    (tmp_path / "doomed").mkdir()
    write(tmp_path / "doomed/sitecustomize.py", DOOMED)
    done = maestro("run", "-y", "-o", "OUT", hello, env={"PYTHONPATH": "doomed"})
    assert done.returncode == 1
    assert "launched successfully" not in done.stdout
    assert "  conductor: the sky fell" in done.stderr
    assert f"maestro resume {tmp_path / 'OUT'}" in done.stderr
    assert maestro("resume", "-fg", "OUT").returncode == 0


def test_a_failing_step(tmp_path: Path, failing: Path, maestro: Maestro) -> None:
    done = maestro("run", "-fg", "-y", "-o", "OUT", failing)
    assert done.returncode == 2
    assert re.search(r"exit code 7: work_N\.2\n  \S+/work_N\.2\.\d+\.err\n", done.stderr)
    assert "│ no luck with 2" in done.stderr
    states = {name: step["state"] for name, step in steps(maestro, tmp_path / "OUT").items()}
    assert states == {
        "work_N.1": "FINISHED",
        "work_N.2": "FAILED",
        "work_N.3": "FINISHED",
        "post_N.1": "FINISHED",
        "post_N.2": "FAILED",
        "post_N.3": "FINISHED",
    }
    assert maestro("status", "OUT").returncode == 2
    told = maestro("status", "--failed", "OUT").stdout
    assert "no luck with 2" in told
    assert "1 blocked" in told


# -- cancel, update, resume, why, logs, validate --


def test_cancel_stops_and_says_what(tmp_path: Path, waiting: Path, maestro: Maestro) -> None:
    maestro("run", "-y", "-o", "OUT", waiting)
    done = maestro("cancel", "-y", "OUT")
    assert done.returncode == 0
    assert "4 steps of 4" in done.stdout
    wait_until(lambda: status(maestro, tmp_path / "OUT")["state"] == "CANCELLED")
    assert maestro("status", "OUT").returncode == 3
    again = maestro("cancel", "-y", "OUT")
    assert (again.returncode, "nothing to cancel" in again.stdout) == (0, True)
    assert not (tmp_path / "OUT/.cancel.lock").exists()
    assert maestro("cancel", "-y", "absent").returncode == 1
    assert json.loads(maestro("cancel", "-y", "--json", "OUT").stdout)["cancelled"] is False


def test_cancel_after_the_conductor_died_stops_what_it_left(
    tmp_path: Path, waiting: Path, maestro: Maestro
) -> None:
    pid = json.loads(maestro("run", "-y", "--json", "-o", "OUT", waiting).stdout)["pid"]
    wait_until(lambda: status(maestro, tmp_path / "OUT")["counts"].get("RUNNING"))  # type: ignore[attr-defined]
    os.kill(pid, signal.SIGKILL)
    assert maestro("cancel", "-y", "OUT").returncode == 0
    wait_until(lambda: status(maestro, tmp_path / "OUT")["state"] == "CANCELLED")


def test_update_takes_effect(tmp_path: Path, waiting: Path, maestro: Maestro) -> None:
    maestro("run", "-y", "-o", "A", waiting)
    maestro("run", "-y", "-o", "B", waiting)
    done = maestro(
        "update", "--throttle", 1, "--rlimit", 4, "--rlimit", 2, "--sleep", "5", "A", "B"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    settings = [status(maestro, tmp_path / name)["settings"] for name in "AB"]
    assert settings == [
        {
            "throttle": 1,
            "rlimit": rlimit,
            "attempts": 1,
            "sleep": 5,
            "local_slots": None,
            "batch": {},
        }
        for rlimit in (4, 2)
    ]
    assert maestro("update", "--rlimit", "0", "A").returncode == 0
    settings = [status(maestro, tmp_path / "A")["settings"]]
    assert settings[0]["rlimit"] == 0  # type: ignore[index]
    assert maestro("update", "--rlimit", 1, "--rlimit", 2, "--rlimit", 3, "A", "B").returncode == 64
    maestro("cancel", "-y", "A")
    wait_until(lambda: status(maestro, tmp_path / "A")["state"] == "CANCELLED")
    over = maestro("update", "--rlimit", "3", "A")
    assert over.returncode == 1
    assert "CANCELLED already" in over.stderr


def test_resume_runs_what_failed_and_keeps_the_rest(
    tmp_path: Path, failing: Path, maestro: Maestro
) -> None:
    text = FAILING.replace("test $(N) != 2", "test -e $(SPECROOT)/mended || test $(N) != 2")
    write(failing, text)
    maestro("run", "-fg", "-y", "-o", "OUT", failing)
    before = steps(maestro, tmp_path / "OUT")
    (tmp_path / "mended").touch()
    done = maestro("resume", "-fg", "--failed", "--rlimit", "5", "OUT")
    assert done.returncode == 0, done.stderr
    after = steps(maestro, tmp_path / "OUT")
    assert {name: step["attempt"] for name, step in after.items() if step["attempt"] != 1} == {
        "work_N.2": 2
    }
    assert after["work_N.1"] == before["work_N.1"]
    assert status(maestro, tmp_path / "OUT")["settings"]["rlimit"] == 5  # type: ignore[index]
    assert len(list((tmp_path / "OUT/work/N.2").glob("*.err"))) == 2
    named = maestro("resume", "-fg", "OUT", "--step", "work_N.1")
    assert named.returncode == 0
    again = steps(maestro, tmp_path / "OUT")
    assert {n: s["attempt"] for n, s in again.items() if s["attempt"] != 1} == {
        "work_N.1": 2,
        "work_N.2": 2,
        "post_N.1": 2,
    }
    wrong = maestro("resume", "OUT", "--step", "wrok")
    assert wrong.returncode == 1
    assert "did you mean work?" in wrong.stderr


def test_why(tmp_path: Path, waiting: Path, failing: Path, maestro: Maestro) -> None:
    maestro("run", "-y", "-o", "OUT", waiting)
    wait_until(lambda: status(maestro, tmp_path / "OUT")["counts"].get("RUNNING"))  # type: ignore[attr-defined]
    told = json.loads(maestro("why", "--json", "OUT", "after").stdout)
    assert [each["name"] for each in told["waits_for"]] == ["wait_N.1", "wait_N.2", "wait_N.3"]
    assert "waits for 3 other steps" in maestro("why", "OUT", "after").stdout
    maestro("run", "-fg", "-y", "-o", "F", failing)
    told = maestro("why", "F", "post_N.2").stdout
    assert "blocked" in told
    assert "FAILED  work_N.2" in told
    told = maestro("why", "F", "work_N.2").stdout
    assert "exit code 7" in told
    assert "| no luck with 2" in told
    assert maestro("why", "F", "nothing").returncode == 1


def test_logs(tmp_path: Path, failing: Path, maestro: Maestro) -> None:
    maestro("run", "-fg", "-y", "-o", "OUT", failing)
    shown = maestro("logs", "OUT", "work_N.2").stdout
    assert "at work on 2" in shown
    assert "no luck with 2" in shown
    assert "study_ended" in maestro("logs", "OUT").stdout
    assert len(maestro("logs", "-n", "1", "OUT").stdout.splitlines()) == 2
    followed = maestro("logs", "-f", "OUT", "work_N.2").stdout
    assert "no luck with 2" in followed


def test_logs_follow_a_running_step(tmp_path: Path, maestro: Maestro) -> None:
    text = WAITING.replace("sleep 0.1;", "echo tick $i; sleep 0.1;")
    write(tmp_path / "ticking.yaml", text)
    maestro("run", "-y", "-o", "OUT", "ticking.yaml")
    follower = subprocess.Popen(
        [maestro_path(), "logs", "-f", "OUT", "wait_N.1"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        for wanted in ("tick 2", "tick 4"):
            wait_until(lambda wanted=wanted: wanted in follower.stdout.readline())  # type: ignore[union-attr]
        (tmp_path / "go").touch()
        assert follower.wait(timeout=30) == 0
    finally:
        follower.kill()
        follower.communicate()


def test_validate(tmp_path: Path, hello: Path, maestro: Maestro) -> None:
    assert maestro("validate", hello).returncode == 0
    write(tmp_path / "typo.yaml", HELLO.replace("$(WORD)", "$(WRD)"))
    assert maestro("validate", "typo.yaml").returncode == 0
    assert maestro("validate", "--strict", "typo.yaml").returncode == 1
    write(tmp_path / "bad.yaml", HELLO.replace("[say_*]", "[sya_*]"))
    bad = maestro("validate", "--json", "bad.yaml", hello)
    assert bad.returncode == 1
    assert "MS302" in {each["code"] for each in json.loads(bad.stdout)}
    assert maestro("validate", "absent.yaml").returncode == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(maestro: Maestro, shell: str) -> None:
    script = maestro("completion", shell)
    assert script.returncode == 0
    for word in ("resume", "rlimit", "layout"):
        assert word in script.stdout


def test_bash_completes(tmp_path: Path, maestro: Maestro) -> None:
    write(tmp_path / "maestro.bash", maestro("completion", "bash").stdout)
    script = """
    source maestro.bash
    complete -p maestro >/dev/null || exit 1
    COMP_WORDS=(maestro sta); COMP_CWORD=1; COMP_LINE="maestro sta"; COMP_POINT=11
    $(complete -p maestro | sed 's/.*-F \\([^ ]*\\).*/\\1/') maestro sta maestro
    echo "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "status", done.stderr


FORGETFUL = """\
description: {name: forgetful, description: two programs in the background and no wait}
study:
  - name: a
    description: d
    run:
      cmd: |
        (read -r x < $(SPECROOT)/gate; echo one > r.txt) > log1.txt &
        (read -r x < $(SPECROOT)/gate; echo two > s.txt) > log2.txt &
  - name: b
    description: d
    run:
      cmd: cat $(a.workspace)/r.txt $(a.workspace)/s.txt > both.txt
      depends: [a]
"""


def test_a_step_that_forgot_to_wait_is_over_when_its_programs_are(
    tmp_path: Path, maestro: Maestro
) -> None:
    os.mkfifo(tmp_path / "gate")
    gate = os.open(tmp_path / "gate", os.O_RDWR)
    study = write(tmp_path / "forgetful.yaml", FORGETFUL)
    assert maestro("run", "-y", "-o", "OUT", study).returncode == 0
    wait_until(lambda: "its command has ended" in maestro("why", "OUT", "a").stdout)
    told = maestro("why", "OUT", "a").stdout
    pids = re.findall(r"[\w.-]+ \((\d+)\)", told)
    assert len(pids) == 2
    for pid in pids:
        assert os.getsid(int(pid)) == os.getsid(int(pids[0]))
    log = next((tmp_path / "OUT/a").glob("*.err")).read_text()
    assert "waiting for what it left in the background" in log
    assert steps(maestro, tmp_path / "OUT")["b"]["state"] == "INITIALIZED"
    wait_until(lambda: f"({pids[0]})" in (tmp_path / "OUT/logs/forgetful.log").read_text())
    os.write(gate, b"\n\n")
    wait_until(lambda: status(maestro, tmp_path / "OUT")["state"] == "FINISHED")
    os.close(gate)
    assert (tmp_path / "OUT/b/both.txt").read_text() == "one\ntwo\n"
