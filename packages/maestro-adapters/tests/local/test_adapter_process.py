"""The process that a job is.

Would catch what leaks from the caller into a job: descriptors, ignored signals, variables, its umask or terminal.
"""

import os
import signal
import subprocess
import sys

import pytest


def output_of(bench, command, **request):
    (job,) = bench.submit({"command": command, **request})
    (end,) = bench.ends([job])
    assert end["state"] == "FINISHED", end
    return job.output.decode()


def test_a_session_of_its_own(bench):
    session, own = output_of(bench, "cut -d' ' -f6 /proc/$$/stat; echo $$").split()
    assert session == own


def test_environment(make_bench, monkeypatch):
    """Ours, the adapter's, and what tells whose it is; nothing else."""
    monkeypatch.setenv("OURS", "1\n2")
    bench = make_bench(environment={"MINE": "é", "NUMBER": 4})
    (job,) = bench.submit({"command": "env -0"})
    bench.ends([job])
    variables = dict(item.split("=", 1) for item in job.output.decode().split("\0") if item)
    assert variables["OURS"] == "1\n2"
    assert variables["MINE"] == "é"
    assert variables["NUMBER"] == "4"
    assert variables["MAESTRO_TOKEN"] == job.token
    assert variables["MAESTRO_ATTEMPT"] == str(job.workspace / ".attempt.1")
    shells = {"_", "PWD", "OLDPWD", "SHLVL"}
    own = {"MINE", "NUMBER", "MAESTRO_TOKEN", "MAESTRO_ATTEMPT"}
    assert set(variables) - set(os.environ) - shells == own


def test_nothing_to_read(bench):
    assert output_of(bench, "cat; readlink /proc/self/fd/0") == "/dev/null\n"


def test_no_descriptors_of_ours(make_bench, tmp_path):
    """Not even those that we inherited ourselves."""
    with open(tmp_path / "secret", "w") as file:
        os.set_inheritable(file.fileno(), True)
        bench = make_bench()
        listed = output_of(bench, "ls -l /proc/$$/fd")
    assert "secret" not in listed
    assert "pipe" not in listed


def test_signals_have_their_default_action(bench):
    """Python ignores SIGPIPE; a job must not."""
    assert signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN
    fields = dict(
        line.split(":\t") for line in output_of(bench, "cat /proc/self/status").splitlines()
    )
    for field in ("SigIgn", "SigBlk"):
        bits = int(fields[field], 16)
        assert not [number for number in signal.valid_signals() if bits >> (number - 1) & 1]


def test_umask(bench):
    before = os.umask(0o027)
    try:
        (job,) = bench.submit({"command": ": >made"})
        bench.ends([job])
    finally:
        os.umask(before)
    assert (job.workspace / "made").stat().st_mode & 0o777 == 0o640
    assert (job.workspace / ".attempt.1").stat().st_mode & 0o777 == 0o640


def test_the_launcher_is_the_study_s_or_none(make_bench):
    command = "echo $(LAUNCHER)[2p] ./a; echo $(LAUNCHER) ./b"
    request = {"command": command, "procs": 4, "nodes": 2}
    assert output_of(make_bench(slots=4), request["command"], procs=4) == "./a\n./b\n"
    templated = make_bench(slots=4, launcher="mpirun -n {procs} -N {nodes}")
    (job,) = templated.submit({**request, "folder": "templated"})
    templated.ends([job])
    assert job.output == b"mpirun -n 2 -N 1 ./a\nmpirun -n 4 -N 2 ./b\n"


def test_output_grows_while_the_job_runs(bench):
    (job,) = bench.submit(
        {"command": "echo first; while [ ! -e go ]; do sleep 0.02; done; echo second"}
    )
    bench.eventually(lambda: job.output == b"first\n")
    (job.workspace / "go").touch()
    bench.ends([job])
    assert job.output == b"first\nsecond\n"


def test_a_workspace_that_is_gone(bench):
    (job,) = bench.submit({"command": "true"}, before=lambda folder: (folder / "x").touch())
    bench.ends([job])
    request = {"name": "job", "command": "true", "workspace": str(job.workspace / "no")}
    script = str(next(job.workspace.glob("*.sh")))
    answer = bench.adapter.submit(
        [{"key": "k", "token": "m1.1.1", "attempt": 1, "script": script, "request": request}]
    )
    (job_id,) = (entry["job"] for entry in answer.values())
    while (end := bench.adapter.poll([job_id])[job_id])["state"] == "RUNNING":
        os.sched_yield()
    assert end["state"] == "HWFAILURE"
    assert "nothing ran" in end["reason"]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_names_that_are_no_utf_8(tmp_path, encoding):
    """In a C locale too, as cron and many a cluster have it."""
    program = """
import os, select, sys
from maestro_adapters import load
folder = os.fsdecode(os.path.join(os.fsencode(sys.argv[1]), b"caf\\xe9 \\xc3\\xa9"))
os.mkdir(folder)
script = os.path.join(folder, "job.sh")
with open(script, "w") as file:
    file.write("#!/bin/sh\\n: >ran\\n")
adapter = load("local", {"slots": 1})
request = {"name": "job", "label": "caf\\udce9", "workspace": folder, "command": ":"}
job = {"key": "k", "token": "m1.1.1", "attempt": 1, "script": script, "request": request}
(answer,) = adapter.submit([job]).values()
while adapter.poll([answer["job"]])[answer["job"]]["state"] == "RUNNING":
    select.select([adapter.wake_fd()], [], [])
print(adapter.poll([answer["job"]])[answer["job"]]["state"])
adapter.close()
"""
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "utf-8"}
    if encoding == "utf-8":
        environment["PYTHONUTF8"] = "1"
    else:
        environment.update(PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "FINISHED\n", done.stderr
    folder = os.path.join(os.fsencode(tmp_path), b"caf\xe9 \xc3\xa9")
    names = os.listdir(folder)
    assert b"ran" in names
    assert any(name.startswith(b"caf\xe9.") and name.endswith(b".out") for name in names)
