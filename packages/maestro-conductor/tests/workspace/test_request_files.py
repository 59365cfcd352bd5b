"""Would catch a request that is lost, applied twice, or believed though it makes no sense."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from string import ascii_lowercase

import pytest

from maestro_conductor.journal import read_state
from maestro_conductor.model.settings import SettingsChange
from maestro_conductor.testing import StepPlan, make_workspace
from maestro_conductor.workspace.field_checks import MOST
from maestro_conductor.workspace.request_files import RequestFiles

FINISHED = {"state": "FINISHED", "exit_code": 0}
RUNNING = {"state": "RUNNING"}


@pytest.fixture
def files(tmp_path):
    (tmp_path / ".maestro/requests").mkdir(parents=True)
    return tmp_path, RequestFiles(tmp_path)


def resume(root, steps=None, name="r", **limits):
    body = {"request": "resume", "steps": steps, "throttle": None, "rlimit": None, "sleep": None}
    folder = root / ".maestro/requests"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps({**body, **limits}))


def events(root):
    lines = (root / "logs/study.log").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_an_update_is_claimed_so_that_a_second_one_is_not_lost(files):
    root, requests = files
    path = root / ".study.update.lock"
    path.write_text("throttle: 4\n")
    (first,) = requests.look(10.0)
    assert not path.exists()
    path.write_text("throttle: 5\nrlimit: null\nsleep: 0.5\n")
    requests.done(first)
    (second,) = requests.look(10.5)
    assert first.ask.settings == SettingsChange(throttle=4)
    assert second.ask.settings == SettingsChange(throttle=5, sleep=0.5)
    requests.done(second)
    assert not list((root / ".maestro/claimed").iterdir())


def test_requests_have_their_effect_in_the_order_in_which_they_were_made(files):
    root, requests = files
    (root / ".cancel.lock").touch()
    (root / ".study.update.lock").write_text("throttle: 2\n")
    resume(root)
    for number, name in enumerate(
        [".maestro/requests/r.json", ".study.update.lock", ".cancel.lock"]
    ):
        os.utime(root / name, (1000 + number, 1000 + number))
    assert [found.kind for found in requests.look(10.0)] == ["resume", "update", "cancel"]


@pytest.mark.parametrize("folder", ["requests", "claimed"])
def test_nothing_is_taken_from_a_folder_elsewhere(files, tmp_path_factory, folder):
    root, requests = files
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "a.json").write_text('{"request": "resume", "steps": null}')
    path = root / ".maestro" / folder
    if path.exists():
        path.rmdir()
    path.symlink_to(elsewhere)
    requests.find_claimed()
    assert not requests.any_waiting()
    (root / ".cancel.lock").touch()
    if folder == "claimed":
        with pytest.raises(OSError, match="out of the workspace"):
            requests.look(10.0)
        assert (root / ".cancel.lock").exists()
    else:
        assert [found.kind for found in requests.look(10.0)] == ["cancel"]
        with pytest.raises(OSError, match="out of the workspace"):
            requests.look(11.0)
    assert [path.name for path in elsewhere.iterdir()] == ["a.json"]


def test_an_empty_file_is_not_yet_a_request(files):
    root, requests = files
    path = root / ".study.update.lock"
    with path.open("w") as writer:  # as upstream's client does: opened, claimed, then filled
        assert requests.look(10.0) == []
        assert requests.look(11.0) == []
        writer.write("throttle: 3\n")
        writer.flush()
        (request,) = requests.look(11.5)
    assert request.ask.settings == SettingsChange(throttle=3)
    path.touch()
    assert requests.look(20.0) == []
    (refused,) = requests.look(22.1)
    assert (refused.kind, refused.ask, refused.wrong) == ("update", None, "it is empty")
    assert requests.look(25.0) == []


def test_a_request_that_makes_no_sense_is_kept_aside_and_kills_nobody(tmp_path, run):
    make_workspace(tmp_path, [StepPlan("a")])
    (tmp_path / ".study.update.lock").write_text("throttle: many\n")
    resume(tmp_path, ["nobody"], "s")
    assert run(tmp_path) == 0
    reasons = [line["reason"] for line in events(tmp_path) if line["event"] == "request_rejected"]
    assert sorted(reasons) == [
        f"`throttle` is 'many', not a whole number from 0 (no limit) to {MOST}",
        "no step or instance is called nobody",
    ]
    kept = [path.suffix for path in (tmp_path / ".maestro/claimed").iterdir()]
    assert kept == [".bad", ".bad"]


#: Each would end a conductor that takes it for what it seems to be.
UPDATES = {
    "a number that no journal holds": "throttle: 99999999999999999999",
    "a number that no Python prints": "throttle: " + "9" * 5000,
    "nested without end": "[" * 3000,
    "an empty number": "throttle: !!int ''",
    "a date that is none": "sleep: 2026-99-99",
    "a list that doubles itself": "a: &a [x, x]\n"
    + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in pairwise(ascii_lowercase))
    + "throttle: *z",
    "a program": 'throttle: !!python/object/apply:os.system ["touch proof"]',
    "half a map": '{"throttle": 5',
    "bytes": "throttle: \udcff",
}


@pytest.mark.parametrize("content", UPDATES.values(), ids=UPDATES.keys())
def test_no_update_kills_the_conductor(tmp_path, run, content, monkeypatch):
    monkeypatch.chdir(tmp_path)
    root = make_workspace(tmp_path / "w", [StepPlan("a")])
    (root / ".study.update.lock").write_text(content, errors="surrogateescape")
    assert run(root) == 0
    (kept,) = (root / ".maestro/claimed").iterdir()
    assert kept.suffix == ".bad"
    (reason,) = [line["reason"] for line in events(root) if line["event"] == "request_rejected"]
    assert 0 < len(reason) < 1000
    assert not list(tmp_path.rglob("proof"))


@pytest.mark.parametrize(
    "content",
    [
        '{"request": "resume", "steps": null, "throttle": 99999999999999999999}',
        '{"request": "resume", "steps": null, "rlimit": 1' + "0" * 5000 + "}",
        "[" * 100_000,
        '{"request": "resume", "steps": ["\\ud800"]}',
        "",
    ],
)
def test_no_resume_kills_the_conductor(tmp_path, run, content):
    make_workspace(tmp_path, [StepPlan("a")])
    (tmp_path / ".maestro/requests").mkdir()
    (tmp_path / ".maestro/requests/r.json").write_text(content)
    assert run(tmp_path) == 0
    (kept,) = (tmp_path / ".maestro/claimed").iterdir()
    assert kept.suffix == ".bad"
    assert [line["event"] for line in events(tmp_path)].count("request_rejected") == 1


def test_folders_in_the_place_of_requests_are_kept_aside(tmp_path, run):
    make_workspace(tmp_path, [StepPlan("a")])
    (tmp_path / ".cancel.lock").mkdir()
    (tmp_path / ".study.update.lock").mkdir()
    assert run(tmp_path) == 3
    assert [path.suffix for path in (tmp_path / ".maestro/claimed").iterdir()] == [".bad", ".bad"]


def test_cancel_is_noticed_while_jobs_run(tmp_path, run, states):
    make_workspace(tmp_path, [StepPlan("a"), StepPlan("b", needs=["a"]), StepPlan("c")])

    def outcome(_job):
        (tmp_path / ".cancel.lock").touch()
        return RUNNING

    assert run(tmp_path, outcome) == 3
    assert states(tmp_path) == {"a": "CANCELLED", "b": "CANCELLED", "c": "CANCELLED"}
    assert not (tmp_path / ".cancel.lock").exists()


def test_a_cancel_that_waits_at_the_start_is_applied(tmp_path, run, states):
    make_workspace(tmp_path, [StepPlan("a")])
    (tmp_path / ".cancel.lock").touch()
    assert run(tmp_path, lambda _job: 1 / 0) == 3
    assert states(tmp_path) == {"a": "CANCELLED"}


def test_an_update_while_jobs_run_is_journaled(tmp_path, run):
    make_workspace(tmp_path, [StepPlan("a"), StepPlan("b", needs=["a"])], run={"throttle": 1})

    def outcome(_job):
        (tmp_path / ".study.update.lock").write_text("throttle: 0\nrlimit: 9\nsleep: null\n")
        return FINISHED

    assert run(tmp_path, outcome) == 0
    _, state = read_state(tmp_path)
    assert (state.settings.throttle, state.settings.rlimit, state.settings.sleep) == (0, 9, 60)


def test_resume_wakes_a_finished_study_and_consumes_a_stale_cancel(tmp_path, run, states):
    make_workspace(tmp_path, [StepPlan("good"), StepPlan("bad"), StepPlan("b", needs=["bad"])])
    ran = []

    def outcome(job):
        ran.append((job["request"]["name"], job["attempt"]))
        failed = job["request"]["name"] == "bad" and job["attempt"] == 1
        return {"state": "FAILED", "exit_code": 1} if failed else FINISHED

    assert run(tmp_path, outcome) == 2
    (tmp_path / ".cancel.lock").touch()
    resume(tmp_path, rlimit=5)
    assert run(tmp_path, outcome) == 0
    assert sorted(ran) == [("b", 1), ("bad", 1), ("bad", 2), ("good", 1)]
    assert set(states(tmp_path).values()) == {"FINISHED"}
    _, state = read_state(tmp_path)
    assert state.settings.rlimit == 5
    settings = [line["source"] for line in events(tmp_path) if line["event"] == "settings"]
    assert settings == ["run", "resume"]


def test_a_cancelled_study_is_resumed_also_where_its_request_lies_about(tmp_path, run, states):
    make_workspace(tmp_path, [StepPlan("a"), StepPlan("b", needs=["a"])])
    (tmp_path / ".cancel.lock").touch()
    assert run(tmp_path) == 3
    assert states(tmp_path) == {"a": "CANCELLED", "b": "CANCELLED"}
    (tmp_path / ".cancel.lock").touch()
    resume(tmp_path)
    assert run(tmp_path) == 0
    assert states(tmp_path) == {"a": "FINISHED", "b": "FINISHED"}
    assert not (tmp_path / ".cancel.lock").exists()


def test_resume_runs_a_dry_study(tmp_path, run, states):
    make_workspace(tmp_path, [StepPlan("a"), StepPlan("b", needs=["a"])], run={"dry": True})
    assert run(tmp_path) == 0
    resume(tmp_path)
    assert run(tmp_path) == 0
    assert states(tmp_path) == {"a": "FINISHED", "b": "FINISHED"}


def test_resume_reruns_named_steps_and_keeps_the_scripts_beside(tmp_path, run, states):
    make_workspace(tmp_path, [StepPlan("a", ["x", "y"]), StepPlan("b", funnels=["a"])])
    ran = []
    outcome = lambda job: ran.append((job["request"]["name"], job["attempt"])) or FINISHED  # noqa: E731
    assert run(tmp_path, outcome) == 0
    ran.clear()
    resume(tmp_path, ["a_N.1"])
    assert run(tmp_path, outcome) == 0
    assert ran == [("a_N.1", 2), ("b", 2)]
    assert (tmp_path / "a/N.1/.attempt.1").read_text() == "void\n"  # the fake's driver made none


def test_a_claim_of_a_conductor_that_died_is_applied(tmp_path, run, states):
    make_workspace(tmp_path, [StepPlan("a")])
    claimed = tmp_path / ".maestro/claimed"
    claimed.mkdir()
    (claimed / "cancel.lock.99.1").touch()
    assert run(tmp_path) == 3
    assert not list(claimed.iterdir())
