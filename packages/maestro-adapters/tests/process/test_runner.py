"""The one place that starts scheduler commands.

A fault here would be a conductor that hangs with a hanging command, or one whose user's settings
change what is parsed.
"""

import json
import os
import select
import sys
import threading

import pytest

from maestro_adapters.process.runner import Call, CommandRunner, neutral_environment


@pytest.fixture
def runner():
    return CommandRunner(timeout=20)


def python(code, *arguments, **fields):
    return Call((sys.executable, "-c", code, *arguments), **fields)


def test_a_result_says_what_was_run_and_what_came_back(runner):
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    result = runner.run(python(code))
    assert (result.exit_code, result.stdout, result.stderr) == (3, "out\n", "err\n")
    assert not result.ok
    assert "exit code 3" in result.describe()
    assert "err / out" in result.describe()


def test_arguments_reach_the_program_as_they_are(runner):
    odd = ["a b", "$HOME `x` ;", "line\nfeed", "ž東", "", "'\""]
    result = runner.run(python("import sys, json; print(json.dumps(sys.argv[1:]))", *odd))
    assert json.loads(result.stdout) == odd


def test_standard_input_is_the_call_s_or_empty(runner):
    echo = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"
    text = "čau\udcff\n"  # a byte that is no UTF-8
    assert runner.run(python(echo, stdin=text)).stdout == text
    assert runner.run(python(echo)).stdout == ""


def test_a_program_that_is_not_there_is_missing(runner):
    result = runner.run(Call(("no-such-program-here",)))
    assert (result.problem, result.exit_code, result.ok) == ("missing", None, False)
    assert "could not be run" in result.describe()


def test_a_hanging_command_is_stopped_with_its_children():
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    result = CommandRunner(timeout=1).run(python(code))
    assert (result.problem, result.exit_code) == ("timeout", None)
    assert "did not answer in time" in result.describe()
    assert ended(int(result.stdout))


def ended(pid):
    """Whether a process is gone, or goes within a moment."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 10)[0])
    finally:
        os.close(handle)


def test_a_command_that_asks_has_the_locale_we_parse_and_one_that_submits_the_user_s(monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    show = "import os; print(os.environ['LC_ALL'])"
    runner = CommandRunner(timeout=20)
    assert runner.run(python(show)).stdout == "C\n"
    assert runner.run(python(show, submits=True)).stdout == "de_DE.UTF-8\n"


def test_variables_of_a_call_are_added():
    runner = CommandRunner(timeout=20, environment=lambda: {"A": "1", "B": "1"})
    code = "import os; print(os.environ['A'], os.environ['B'])"
    assert runner.run(python(code, variables={"B": "2"})).stdout == "1 2\n"


def test_neutral_environment_drops_by_prefix_and_keeps_by_name():
    given = {"SQUEUE_FORMAT": "x", "SLURM_CONF": "c", "SLURM_JOB_ID": "1", "HOME": "/h"}
    assert neutral_environment(given, ("SQUEUE_", "SLURM_"), ("SLURM_CONF",)) == {
        "SLURM_CONF": "c",
        "HOME": "/h",
    }


def test_map_keeps_the_order_and_runs_several_at_a_time():
    runner = CommandRunner(timeout=20, at_once=4)
    results = runner.map(lambda number: number * 2, list(range(50)))
    assert results == [number * 2 for number in range(50)]
    barrier = threading.Barrier(4, timeout=10)
    assert runner.map(lambda _: barrier.wait() >= 0, [0] * 4) == [True] * 4
