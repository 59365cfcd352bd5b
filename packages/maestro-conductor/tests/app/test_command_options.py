"""An option of `conductor` that has no effect on the study that runs."""

from __future__ import annotations

import json
from functools import partial

import pytest

from maestro_conductor.app.command import main
from maestro_conductor.app.conduct import conduct
from maestro_conductor.journal import read_state
from maestro_conductor.testing import ScriptedScheduler, StepPlan, make_workspace

LEVELS = ["debug", "info", "warning", "error", "critical"]


@pytest.fixture
def root(tmp_path):
    """A study whose one step times out, is restarted and fails: events of all levels but one."""
    return make_workspace(tmp_path / "w", [StepPlan("a", restart="again")])


def run(root, *options) -> int:
    def outcome(job):
        return {"state": "TIMEDOUT" if job["attempt"] == 1 else "FAILED", "exit_code": 3}

    def factory(name, _options):
        return ScriptedScheduler(name=name, slots=1, outcome=outcome)

    return main([str(root), *options], conduct=partial(conduct, scheduler_factory=factory))


def levels(path) -> set[str]:
    return {json.loads(line)["level"] for line in path.read_text().splitlines()}


@pytest.mark.parametrize("number", range(1, 6))
def test_the_debug_level_bounds_the_log(root, number):
    assert run(root, "-d", str(number)) == 2
    log = root / "logs/study.log"
    told = levels(log) if log.exists() else set()
    assert told == set(LEVELS[number - 1 : 4])


def test_by_default_info_goes_to_the_log_and_to_stdout(root, capsys):
    assert run(root) == 2
    assert levels(root / "logs/study.log") == {"info", "warning", "error"}
    told = capsys.readouterr().out.splitlines()
    assert len(told) == len((root / "logs/study.log").read_text().splitlines())
    assert "step_failed" in "".join(told)


@pytest.mark.parametrize(
    ("option", "loud"), [("-c", True), ("--logstdout", True), ("--no-logstdout", False)]
)
def test_the_log_on_stdout_can_be_switched_off(root, capsys, option, loud):
    assert run(root, option) == 2
    assert bool(capsys.readouterr().out) == loud
    assert (root / "logs/study.log").exists()


@pytest.mark.parametrize("option", ["-l", "--logpath"])
def test_the_log_goes_to_another_file_instead(root, tmp_path, option):
    assert run(root, option, str(tmp_path / "mine.log")) == 2
    assert levels(tmp_path / "mine.log") == {"info", "warning", "error"}
    assert not (root / "logs/study.log").exists()


@pytest.mark.parametrize("option", ["-t", "--sleeptime"])
def test_the_longest_pause_is_set(root, option):
    assert run(root, option, "7.5") == 2
    assert read_state(root)[1].settings.sleep == 7.5


def test_an_interrupt_before_the_conductor_takes_signals_is_no_traceback(root, capsys):
    def being_imported(_root, **_more):
        raise KeyboardInterrupt

    assert main([str(root)], conduct=being_imported) == 130
    assert capsys.readouterr() == ("", "")


def test_options_reach_the_conductor(root):
    given = {}

    def conducted(_root, **more):
        given.update(more)
        return 0

    assert main([str(root), "--take-over", "--local-steps", "stop"], conduct=conducted) == 0
    assert (given["take_over"], given["local_steps"]) == (True, "stop")
    assert main([str(root)], conduct=conducted) == 0
    assert (given["take_over"], given["local_steps"]) == (False, "leave")
