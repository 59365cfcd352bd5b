"""The driver's text, run by the shells that stand in for /bin/sh.

A fault here would be an attempt that runs twice, an exit code that nobody learns, or a path that
becomes a command.
"""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro_adapters.script import attempt_file, driver


def write_script(folder, body, interpreter="#!/bin/sh\n"):
    script = folder / "job é.sh"
    script.write_text(interpreter + body)
    script.chmod(0o755)
    return script


def run_driver(shell, workspace, script, *, log="job", **options):
    """Run a driver that makes its own logs."""
    text = driver.scheduled([], driver.arguments(str(workspace), str(script), 1, log=log), {})
    return subprocess.run(
        [*shell, "-c", text], capture_output=True, timeout=60, check=False, **options
    )


def run_scheduled(shell, tmp_path, text, **options):
    path = tmp_path / "driver"
    path.write_text(text)
    return subprocess.run([*shell, path], capture_output=True, timeout=60, check=False, **options)


def log_of(workspace, suffix):
    (path,) = workspace.glob(f"job.*{suffix}")
    return path.read_text()


def test_runs_the_script_in_its_workspace_and_tells_how_it_ended(shell, workspace):
    script = write_script(workspace, "pwd; echo oops >&2; exit 3\n")
    begun = int(time.time())
    done = run_driver(shell, workspace, script)
    assert done.returncode == 3
    assert done.stdout == b""
    assert log_of(workspace, ".out") == f"{workspace}\n"
    assert log_of(workspace, ".err") == "oops\n"
    attempt = attempt_file.read(workspace / ".attempt.1")
    assert attempt.exit_code == 3
    assert attempt.host == os.uname().nodename
    assert begun <= attempt.started <= time.time()
    assert (workspace / f"job.{attempt.pid}.out").exists()


def test_nothing_runs_where_the_attempt_file_is_there(shell, workspace):
    script = write_script(workspace, "echo ran >ran\n")
    (workspace / ".attempt.1").write_text("void\n")
    assert run_driver(shell, workspace, script).returncode == driver.ALREADY_STARTED
    assert not (workspace / "ran").exists()
    assert (workspace / ".attempt.1").read_text() == "void\n"
    assert not list(workspace.glob("job.*"))


def test_of_two_drivers_one_runs(shell, workspace):
    script = write_script(workspace, "echo ran >>ran\n")
    codes = [run_driver(shell, workspace, script).returncode for _ in range(2)]
    assert codes == [0, driver.ALREADY_STARTED]
    assert (workspace / "ran").read_text() == "ran\n"


def test_no_workspace(shell, tmp_path):
    script = write_script(tmp_path, "exit 0\n")
    assert run_driver(shell, tmp_path / "none", script).returncode == driver.CANNOT_START


def test_logs_that_cannot_be_written(shell, workspace):
    script = write_script(workspace, "echo ran >ran\n")
    assert run_driver(shell, workspace, script, log="no/folder").returncode == driver.CANNOT_START
    assert not (workspace / "ran").exists()
    assert attempt_file.read(workspace / ".attempt.1").exit_code == driver.CANNOT_START


def test_a_full_disk_runs_nothing(shell, tmp_path):
    """The attempt file stands on a device on which every write fails."""
    script = write_script(tmp_path, "echo ran >ran\n")
    (tmp_path / ".attempt.1").symlink_to("/dev/full")
    assert run_driver(shell, tmp_path, script).returncode != 0
    assert not (tmp_path / "ran").exists()


def test_an_end_that_cannot_be_written_is_tried_again(shell, tmp_path):
    """A full disk, say. Here a folder is in the way, and `sleep` is what takes it away."""
    tools = tmp_path / "tools"
    tools.mkdir()
    sleep = tools / "sleep"
    sleep.write_text(
        "#!/bin/sh\necho slept >>slept\n[ -e again ] || { : >again; exit; }\n/bin/rmdir .attempt.1\n"
    )
    sleep.chmod(0o755)
    script = write_script(tmp_path, "rm .attempt.1; mkdir .attempt.1; exit 5\n")
    environment = {"PATH": f"{tools}:/usr/bin:/bin"}
    assert run_driver(shell, tmp_path, script, env=environment).returncode == 5
    assert (tmp_path / "slept").read_text() == "slept\nslept\n"
    assert (tmp_path / ".attempt.1").read_text() == "end code=5\n"


def test_an_end_that_can_never_be_written(shell, tmp_path):
    """The driver does not stay for ever; its own exit code still tells."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "sleep").write_text("#!/bin/sh\necho slept >>slept\n")
    (tools / "sleep").chmod(0o755)
    script = write_script(tmp_path, "rm .attempt.1; mkdir .attempt.1; exit 5\n")
    environment = {"PATH": f"{tools}:/usr/bin:/bin"}
    assert run_driver(shell, tmp_path, script, env=environment).returncode == 5
    assert 5 < len((tmp_path / "slept").read_text().splitlines()) < 100


@pytest.mark.parametrize("instead", ["mkfifo .attempt.1", "ln -s /dev/zero .attempt.1"])
def test_what_stands_in_the_place_of_the_attempt_file_is_not_waited_for(shell, tmp_path, instead):
    script = write_script(tmp_path, f"rm .attempt.1; {instead}; exit 5\n")
    assert run_driver(shell, tmp_path, script).returncode == 5


@pytest.mark.parametrize(
    ("interpreter", "body", "code"),
    [
        ("#!/bin/sh\n", "exit 4\n", 4),
        ("#!/bin/sh -e\n", "false; exit 5\n", 1),
        ("#!/usr/bin/env bash\n", "[[ $BASH_VERSION ]] && exit 6\n", 6),
        ("#! /bin/sh\n", "exit 7\n", 7),
        ("", "exit 8\n", 8),
        ("#!/no/such/interpreter\n", "exit 9\n", 127),
        ("#!/bin/sh\n", "kill -9 $$\n", 137),
    ],
)
def test_interpreters(shell, tmp_path, interpreter, body, code):
    script = write_script(tmp_path, body, interpreter)
    assert run_driver(shell, tmp_path, script).returncode == code
    assert attempt_file.read(tmp_path / ".attempt.1").exit_code == code


def test_a_script_that_is_still_open_for_writing_runs(shell, tmp_path):
    script = write_script(tmp_path, "exit 4\n")
    with script.open("a"):
        assert run_driver(shell, tmp_path, script).returncode == 4


def test_the_script_reads_nothing_and_sees_no_variable_of_the_driver(shell, tmp_path):
    script = write_script(tmp_path, "cat; env\n")
    run_driver(
        shell, tmp_path, script, input=b"secret", env={"PATH": "/usr/bin:/bin", "code": "mine"}
    )
    out = log_of(tmp_path, ".out")
    assert "secret" not in out
    assert "code=mine" in out.splitlines()
    assert "maestro_" not in out


def test_the_driver_outlives_a_signal_to_its_session_and_tells_of_it(shell, tmp_path):
    script = write_script(tmp_path, "echo ready; exec sleep 60\n")
    argv = [*shell, "-c", driver.scheduled([], driver.arguments(str(tmp_path), str(script), 1), {})]
    with subprocess.Popen(argv, start_new_session=True, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        # The whole group gets it, as from a scheduler; the script has the default action again.
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)
    assert attempt_file.read(tmp_path / ".attempt.1").exit_code == 128 + signal.SIGTERM


def scheduled(workspace, script, **options):
    settings = {
        "prologue": (),
        "requeued": "",
        "script_text": None,
        "environment": {"MAESTRO_TOKEN": "m1.2.3"},
    }
    settings.update({key: options.pop(key) for key in list(options) if key in settings})
    environment = settings.pop("environment")
    return driver.scheduled(
        ["#SBATCH --nodes=1", "#SBATCH --time=5"],
        driver.arguments(str(workspace), str(script), 1, **options),
        environment,
        **settings,
    )


def test_the_scheduled_driver_begins_with_its_directives(tmp_path):
    lines = scheduled(tmp_path, tmp_path / "s").splitlines()
    assert lines[:3] == ["#!/bin/sh", "#SBATCH --nodes=1", "#SBATCH --time=5"]


def test_nothing_of_a_path_stands_where_a_directive_could(odd):
    text = scheduled(odd, odd, log=odd)
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "#!/bin/sh",
        "#SBATCH --nodes=1",
        "#SBATCH --time=5",
    ]


# Any text but NUL and what cannot stand in a file name's or variable's bytes.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


@settings(max_examples=50, deadline=None)
@given(workspace=texts, script=texts, log=texts, value=texts)
def test_any_text_reaches_the_driver_as_it_is(workspace, script, log, value):
    text = driver.scheduled([], driver.arguments(workspace, script, 7, log=log), {"VALUE": value})
    head = text[: text.index("maestro_told=")]
    head += 'printf "%s\\0" "$1" "$2" "$3" "$6" "$VALUE"\n'
    done = subprocess.run(["sh"], input=head.encode(), capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == [workspace, script, "7", log, value]


def test_the_scheduled_driver_runs_the_script(shell, workspace, tmp_path, odd):
    script = write_script(workspace, 'echo "$MAESTRO_TOKEN $ODD"; pwd; exit 3\n')
    text = scheduled(
        workspace, script, environment={"MAESTRO_TOKEN": "m1.2.3", "ODD": odd}, job_id="$ID"
    )
    done = run_scheduled(shell, tmp_path, text, env={"PATH": "/usr/bin:/bin", "ID": "77"})
    assert done.returncode == 3
    assert done.stdout.decode() == f"m1.2.3 {odd}\n{workspace}\n"
    attempt = attempt_file.read(workspace / ".attempt.1")
    assert attempt.exit_code == 3
    assert attempt.started > 1.7e9
    assert attempt.boot == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert " job=77\n" in (workspace / ".attempt.1").read_text()


def test_the_scheduled_driver_can_name_its_own_logs(shell, workspace, tmp_path):
    script = write_script(workspace, "echo hi\n")
    run_scheduled(
        shell, tmp_path, scheduled(workspace, script, log="job é", log_id="${A}_2"), env={"A": "41"}
    )
    assert (workspace / "job é.41_2.out").read_text() == "hi\n"


def test_the_scheduled_driver_can_bring_its_script(shell, workspace, tmp_path):
    """Where scripts are kept in a temporary folder, the node that runs the job has none of them."""
    text = "#!/bin/bash\n#SBATCH --nodes=1\n\ncat <<END_OF_SCRIPT\n$PWD é $0\nEND_OF_SCRIPT\nexit 4"
    done = run_scheduled(shell, tmp_path, scheduled(workspace, "/no/such/script", script_text=text))
    assert done.returncode == 4
    assert done.stdout.decode() == f"{workspace} é {workspace}/.attempt.1.script\n"
    assert attempt_file.read(workspace / ".attempt.1").exit_code == 4


def test_a_prologue_runs_before_everything_else(shell, workspace, tmp_path):
    script = write_script(workspace, "echo hi\n")
    (workspace / ".attempt.1").write_text("void\n")
    done = run_scheduled(shell, tmp_path, scheduled(workspace, script, prologue=["echo prologue"]))
    assert done.stdout == b"prologue\n"
    assert done.returncode == driver.ALREADY_STARTED


def test_a_job_that_may_be_requeued_writes_no_end_when_it_is_stopped(shell, tmp_path):
    """The scheduler stops it before it requeues it, and the attempt goes on."""
    script = write_script(tmp_path, "echo ready; [ -e go ] && exit 4; exec sleep 60\n")
    path = tmp_path / "driver"
    path.write_text(scheduled(tmp_path, script, requeued="[ -e go ]", job_id="77"))
    with subprocess.Popen(
        [*shell, path], start_new_session=True, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"ready\n"
        os.killpg(process.pid, signal.SIGTERM)
        assert process.wait(timeout=60) == 128 + signal.SIGTERM
    attempt = attempt_file.read(tmp_path / ".attempt.1")
    assert (attempt.pid, attempt.exit_code) == (process.pid, None)
    (tmp_path / "go").touch()
    assert run_scheduled(shell, tmp_path, path.read_text()).returncode == 4
    assert attempt_file.read(tmp_path / ".attempt.1").exit_code == 4


START = "start pid=1 host=n1 boot=- time=1"


@pytest.mark.parametrize(
    ("content", "restarts", "runs"),
    [
        (f"{START} job=77\n", 1, True),
        (f"{START} job=77\n{START} job=77\n", 2, True),
        (f"{START} job=77\n", 0, False),  # nobody requeued it: a second start of the same job id
        (f"{START} job=7\n", 1, False),  # another job began the attempt
        (f"{START} job=77\nend code=0\n", 1, False),
        ("void\n", 1, False),
        ("", 1, False),
    ],
)
def test_a_requeued_job_goes_on_with_its_own_attempt_only(
    shell, workspace, tmp_path, content, restarts, runs
):
    script = write_script(workspace, "echo ran >ran\n")
    (workspace / ".attempt.1").write_text(content)
    text = scheduled(workspace, script, requeued='[ "$RESTARTS" -gt 0 ]', job_id="$ID")
    done = run_scheduled(
        shell, tmp_path, text, env={"PATH": "/usr/bin:/bin", "RESTARTS": str(restarts), "ID": "77"}
    )
    assert done.returncode == (0 if runs else driver.ALREADY_STARTED)
    assert (workspace / "ran").exists() is runs
    assert (attempt_file.read(workspace / ".attempt.1").exit_code is not None) is (
        runs or "end" in content
    )


def test_a_script_that_deletes_its_attempt_file_has_ended_all_the_same(shell, tmp_path):
    script = write_script(tmp_path, "rm .attempt.1; exit 5\n")
    assert run_driver(shell, tmp_path, script).returncode == 5
    assert (tmp_path / ".attempt.1").read_text() == "end code=5\n"


def test_the_script_does_not_get_the_attempt_file(shell, tmp_path):
    script = write_script(tmp_path, "echo mine >&3 || exit 6\n")
    assert run_driver(shell, tmp_path, script).returncode != 0
    assert "mine" not in (tmp_path / ".attempt.1").read_text()


@pytest.mark.parametrize("requeued", ["", "false"])
def test_no_loop_of_the_driver_is_left_by_a_word_that_makes_bash_forget_a_trap(requeued):
    """A signal that comes within a `continue` or a `break` is lost to bash 5.2; tried in `test_driver_background`."""
    text = driver.scheduled([], driver.arguments("/w", "/w/s", 1), {}, requeued=requeued)
    words = re.findall(r"[\w$]+", text)
    assert {"while", "for", "until", "trap"} <= set(words)
    assert not {"continue", "break"} & set(words)
