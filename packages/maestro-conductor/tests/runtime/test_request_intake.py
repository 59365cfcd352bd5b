"""A request that is lost, applied twice, or taken away before its effect is safe; one that has no record."""

from __future__ import annotations

import json

import pytest

from maestro_conductor.core.events import (
    CancelAsked,
    HoldAsked,
    ReleaseAsked,
    RequestSeen,
    ResumeAsked,
)
from maestro_conductor.core.granting import Grants
from maestro_conductor.model.settings import SettingsChange
from maestro_conductor.runtime.request_answers import RequestAnswers
from maestro_conductor.runtime.request_intake import RequestIntake
from maestro_conductor.workspace.answer_files import AnswerFiles
from maestro_conductor.workspace.file_owner import owner_of
from maestro_conductor.workspace.request_files import RequestFiles


class Bench:
    def __init__(self, shell):
        self.root = shell.root
        self.taken = []
        self.safe = []
        requests = RequestFiles(shell.root)
        self.intake = RequestIntake(
            requests,
            Grants(shell.context.graph, shell.state, lambda _i: {}, lambda _batch: None),
            RequestAnswers(shell.context, requests, AnswerFiles(shell.root), shell.machine.queues),
            lambda events: self.taken.append(list(events)),
            self.safe.append,
        )
        self.intake.find_claimed()
        self.me = owner_of(shell.root)

    def ask(self, name="again", /, **request):
        folder = self.root / ".maestro/requests"
        (folder / f"{name}.json").write_text(json.dumps(request))

    def answer(self):
        """What was asked for is safe in the journal now, and answered."""
        for call in self.safe:
            call()
        self.safe.clear()
        self.intake.answer(9.0)

    def claimed(self):
        return [path.name for path in (self.root / ".maestro/claimed").iterdir()]

    def answers(self):
        folder = self.root / ".maestro/answers"
        return {path.name: json.loads(path.read_text()) for path in folder.glob("*")}


@pytest.fixture
def bench(shell):
    return Bench(shell)


def test_a_cancel_and_an_update_become_events(bench):
    assert bench.intake.look(1.0) == []
    (bench.root / ".cancel.lock").touch()
    cancel, seen = bench.intake.look(2.0)
    assert cancel == CancelAsked()
    assert seen == RequestSeen("cancel", bench.me, "cancel", 3, True, "the study is cancelled")
    (bench.root / ".study.update.lock").write_text("throttle: 3\n")
    change, seen = bench.intake.look(3.0)
    assert change == SettingsChange(throttle=3)
    assert (seen.text, seen.accepted) == ("update throttle 3", True)
    bench.answer()
    assert bench.answers() == {}  # they have no names of their own
    assert bench.claimed() == []


def test_a_request_stays_until_its_effect_is_safe(bench):
    (bench.root / ".cancel.lock").touch()
    bench.intake.look(1.0)
    bench.intake.answer(1.0)
    assert len(bench.claimed()) == 1
    assert bench.intake.look(2.0) == []  # it is not applied twice
    bench.answer()
    assert bench.claimed() == []


def test_what_was_asked_for_before_another_request_is_taken_in_before_it(bench):
    (bench.root / ".cancel.lock").touch()
    bench.ask(request="resume", steps=None)
    resume, settings, _ = bench.intake.look(1.0)
    assert bench.taken[0][0] == CancelAsked()
    assert resume == ResumeAsked([])
    assert settings.source == "resume"
    assert len(bench.safe) == 2


def test_a_request_that_makes_no_sense_is_kept_aside_and_answered(bench, shell):
    bench.ask(request="resume", steps=["nosuch"])
    (seen,) = bench.intake.look(1.0)
    why = "no step or instance is called nosuch"
    assert seen == RequestSeen("resume", bench.me, "resume nosuch", 0, False, why)
    assert bench.answers() == {}
    bench.answer()
    assert [name.endswith(".bad") for name in bench.claimed()] == [True]
    answer = bench.answers()["again.json"]
    assert (answer["format"], answer["accepted"], answer["message"]) == (
        "maestro-answer",
        False,
        why,
    )
    (line,) = shell.events()
    assert (line["event"], line["reason"], line["by"]) == ("request_rejected", why, bench.me)
    assert (bench.root / line["path"]).exists()


def test_what_cannot_be_read_has_a_record_once_it_never_can_be(bench):
    bench.ask("torn")
    (bench.root / ".maestro/requests/torn.json").write_text('{"request": "ho')
    assert bench.intake.look(1.0) == []
    (seen,) = bench.intake.give_up_unread()
    assert (seen.request, seen.text, seen.accepted) == ("unknown", "torn.json", False)


def test_a_hold_is_answered_once_nothing_of_it_is_being_submitted(bench, shell):
    queue = shell.machine.queues["local"]
    queue.submitting.update([0, 1])
    bench.ask(request="hold", steps=["a"])
    hold, seen = bench.intake.look(1.0)
    assert (hold, seen.instances) == (HoldAsked([0]), 1)
    bench.answer()
    assert bench.answers() == {}
    assert len(bench.claimed()) == 1  # a conductor that dies now takes it in again
    queue.submitting.discard(0)  # of another instance it is not waited for
    bench.answer()
    assert bench.answers()["again.json"]["message"] == "1 instance held"
    assert bench.claimed() == []


def test_a_release_names_what_was_held(bench, shell):
    shell.state.held.update([1, 2])
    bench.ask(request="release", steps=None)
    release, seen = bench.intake.look(1.0)
    assert release == ReleaseAsked([1, 2])
    assert seen.message == "2 instances released"


def test_what_an_earlier_conductor_claimed_is_applied(bench, shell):
    bench.ask("mine", request="hold", steps=None)
    bench.intake.look(1.0)
    other = Bench(shell)
    assert other.intake.look(1.0)[0] == HoldAsked([0, 1, 2])
    other.answer()
    assert list(other.answers()) == ["mine.json"]
