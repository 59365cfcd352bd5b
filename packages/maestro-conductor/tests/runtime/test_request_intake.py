"""A request that is lost, applied twice, or taken away before its effect is safe."""

from __future__ import annotations

import json

import pytest

from maestro_conductor.core.events import CancelAsked, ResumeAsked
from maestro_conductor.model.settings import SettingsChange
from maestro_conductor.runtime.amending import Amending
from maestro_conductor.runtime.request_intake import RequestIntake
from maestro_conductor.workspace.request_files import RequestFiles


class Bench:
    def __init__(self, shell):
        self.root = shell.root
        self.rejected = []
        self.taken = []
        self.safe = []
        requests = RequestFiles(shell.root, lambda _path, reason: self.rejected.append(reason))
        self.intake = RequestIntake(
            shell.context,
            requests,
            shell.state,
            lambda events: self.taken.append(list(events)),
            self.safe.append,
            Amending(shell.context, shell.state, shell.journal, requests),
        )
        self.intake.find_claimed()

    def resume(self, **request):
        folder = self.root / ".maestro/requests"
        (folder / "again.json").write_text(json.dumps({"request": "resume", **request}))

    def claimed(self):
        return [path.name for path in (self.root / ".maestro/claimed").iterdir()]


@pytest.fixture
def bench(shell):
    return Bench(shell)


def test_a_cancel_and_an_update_become_events(bench):
    assert bench.intake.look(1.0) == []
    (bench.root / ".cancel.lock").touch()
    assert bench.intake.look(2.0) == [CancelAsked()]
    (bench.root / ".study.update.lock").write_text("throttle: 3\n")
    (change,) = bench.intake.look(3.0)
    assert isinstance(change, SettingsChange)
    assert change.throttle == 3


def test_a_request_stays_until_its_effect_is_safe(bench):
    (bench.root / ".cancel.lock").touch()
    bench.intake.look(1.0)
    assert len(bench.claimed()) == 1
    assert bench.intake.look(2.0) == []  # it is not applied twice
    (done,) = bench.safe
    done()
    assert bench.claimed() == []


def test_what_was_asked_for_before_a_resume_is_taken_in_before_it(bench):
    (bench.root / ".cancel.lock").touch()
    bench.resume(steps=None)
    resume, settings = bench.intake.look(1.0)
    assert bench.taken == [[CancelAsked()]]
    assert resume == ResumeAsked([])
    assert settings.source == "resume"
    assert len(bench.safe) == 2


def test_a_resume_that_makes_no_sense_is_kept_aside_with_its_reason(bench):
    bench.resume(steps=["nosuch"])
    assert bench.intake.look(1.0) == []
    assert "nosuch" in bench.rejected[0]
    assert [name.endswith(".bad") for name in bench.claimed()] == [True]
    assert bench.safe == []


def test_what_an_earlier_conductor_claimed_is_applied(bench, shell):
    (bench.root / ".cancel.lock").touch()
    bench.intake.look(1.0)
    assert Bench(shell).intake.look(1.0) == [CancelAsked()]
