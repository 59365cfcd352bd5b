"""A program that is killed at any moment.

Would catch a job that runs twice, and one that is forgotten.
"""

import json
import os
import subprocess
import sys

import pytest

from maestro_adapters.script import attempt_file

JOBS = 30

#: Submits everything, then waits like a caller until it is killed.
PROGRAM = """
import json, select, sys
from maestro_adapters import load
adapter = load("local", {"slots": 3})
jobs = json.load(sys.stdin)
live = [answer["job"] for answer in adapter.submit(jobs).values()]
while True:
    select.select([adapter.wake_fd()], [], [])
    adapter.poll(live)
"""


@pytest.mark.parametrize("after", [0, 1, 7, 20])
def test_every_job_ran_once_or_never_will(bench, tmp_path, after):
    jobs = []
    for number in range(JOBS):
        workspace = tmp_path / str(number)
        workspace.mkdir()
        script = workspace / "job.sh"
        script.write_text(f"#!/bin/sh\n\necho ran >>ran\nexit {number % 3}\n")
        request = {"name": "job", "workspace": str(workspace), "command": "x"}
        token = f"m{os.getpid()}.{after}-{number}.1"
        jobs.append(
            {"key": token, "token": token, "attempt": 1, "script": str(script), "request": request}
        )

    def ran():
        return [
            job for job in jobs if os.path.exists(os.path.join(job["request"]["workspace"], "ran"))
        ]

    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, text=True
    ) as program:
        json.dump(jobs, program.stdin)
        program.stdin.close()
        bench.eventually(lambda: len(ran()) >= after)
        program.kill()

    # What a conductor does that takes over.
    void = []
    for job in jobs:
        path = attempt_file.path_of(job["request"]["workspace"], 1)
        try:
            with path.open("x") as file:
                file.write("void\n")
            void.append(job)
        except FileExistsError:
            continue
    found = bench.adapter.find([job["token"] for job in jobs])
    live = [answer["job"] for answer in found.values() if "job" in answer]
    bench.eventually(lambda: all(answer["ended"] for answer in bench.adapter.poll(live).values()))

    def has_ended(job):
        """Or is void. The keeper lives, so every end is written."""
        attempt = attempt_file.read(attempt_file.path_of(job["request"]["workspace"], 1))
        return attempt.void or attempt.exit_code is not None

    bench.eventually(lambda: all(map(has_ended, jobs)))
    for number, job in enumerate(jobs):
        workspace = job["request"]["workspace"]
        attempt = attempt_file.read(attempt_file.path_of(workspace, 1))
        if job in void:
            assert attempt == attempt_file.Attempt(void=True)
            assert not os.path.exists(os.path.join(workspace, "ran"))
        else:
            assert attempt.exit_code == number % 3
            with open(os.path.join(workspace, "ran")) as file:
                assert file.read() == "ran\n"
    assert len(jobs) - len(void) >= after
