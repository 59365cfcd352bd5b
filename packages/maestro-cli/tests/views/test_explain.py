"""Why a step is in its state.

A fault here would be a state without a sentence, a wrong cause, or advice that does not help.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from maestro_cli.commands.why import WhyRecord, WhyStudyRecord
from maestro_cli.study.selection import Selection, require_instances
from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import T0, asked, attempt
from maestro_cli.views.explain import Explanation, Facts, Other, explain
from maestro_conductor.core import attempt_outcome
from maestro_conductor.model import records
from maestro_conductor.model.settings import Settings

History = Callable[[Sequence[records.Record]], Path]


def told(root: Path, name: str) -> Explanation:
    study = open_study(root)
    study.mark_queued()
    return explain(study, require_instances(study, Selection((name,)))[0])


def one(instance: int, state: str, reason: str | None, code: int | None = None) -> records.Record:
    return records.state(T0 + 9000, [[instance, 1, state, T0 + 9000, code, reason]])


def test_what_waits_for_others(history: History) -> None:
    root = history(attempt(0, "FINISHED", 0))
    assert told(root, "post_N.2").facts["waits_for"] == [{"name": "make_N.2", "state": "QUEUED"}]
    assert len(told(root, "collect").facts["waits_for"]) == 3


def test_the_throttle(history: History) -> None:
    root = history(
        [records.settings(T0, "update", Settings(throttle=1)), *attempt(0, "RUNNING", None)[:2]]
    )
    assert "throttle lets 1 job be submitted at once" in told(root, "make_N.2").text
    assert "maestro update --throttle 2" in told(root, "make_N.2").more[0]


def test_a_free_slot(history: History) -> None:
    assert (
        "waits for a free slot" in told(history(attempt(0, "RUNNING", None)[:2]), "make_N.2").text
    )


@pytest.mark.parametrize("reason", ["Priority", "AssocMaxJobsLimit"])
def test_the_schedulers_own_reason(history: History, reason: str) -> None:
    past = [
        attempt(0, "RUNNING", None)[0],
        records.submitted(T0, [[0, 1, "77", "PENDING"]]),
        one(0, "PENDING", reason),
    ]
    text = told(history(past), "make_N.1").text
    assert "job 77" in text
    assert text.endswith(f": {reason}")


def test_who_holds_it_and_how_it_is_let_go(history: History) -> None:
    root = history(
        [
            records.held(T0 + 5000, [0, 3]),
            asked(T0 + 5000, "hold", "ann", "hold *_N.1", 2, message="2 instances held"),
        ]
    )
    ready, waits = told(root, "make_N.1"), told(root, "post_N.1")
    assert ready.text == "is held since 2026-11-22 10:00:05 by ann"
    assert ready.more[0] == "Let it go: maestro release OUT make_N.1"
    assert (ready.facts["held_by"], ready.facts["held_since"]) == ("ann", T0 / 1000 + 5)
    assert waits.text == f"{ready.text}; besides, it waits for 1 other step"
    assert waits.more[0] == "QUEUED held  make_N.1"
    assert waits.facts["waits_for"] == [{"name": "make_N.1", "state": "QUEUED"}]
    assert "held" not in told(root, "make_N.2").text


def test_what_runs_though_it_is_held(history: History) -> None:
    root = history([*attempt(0, "RUNNING", None)[:2], records.held(T0 + 5000, [0])])
    running = told(root, "make_N.1")
    assert running.text.startswith("runs as job 1000")
    assert "It is held since 2026-11-22 10:00:05: no other attempt is made" in running.more[-3]


def test_what_was_skipped(history: History) -> None:
    root = history([records.skipped(T0 + 5000, [0])])
    skipped = told(root, "make_N.1")
    assert skipped.text == "was skipped: it counts as finished and is not run"
    assert told(root, "post_N.1").text.startswith("may run")
    assert "maestro resume OUT make_N.1" in skipped.more[0]


def test_a_refusal_that_is_tried_again(history: History) -> None:
    past = [
        attempt(0, "RUNNING", None)[0],
        records.refused(T0 + 10, [[0, 1, False, "too many jobs"]]),
    ]
    assert told(history(past), "make_N.1").text == "is tried again later: too many jobs"


def test_what_failed_and_what_could_not_run(failed: Path) -> None:
    own = told(failed, "make_N.2")
    assert own.text == "ended with exit code 7"
    assert own.facts["last_lines"] == ["first", "\x1b[31mno luck\x1b[0m"]
    assert told(failed, "collect").facts["because_of"] == [{"name": "make_N.2", "state": "FAILED"}]


def test_time_outs(history: History) -> None:
    text = told(history(attempt(0, "TIMEDOUT", None)), "make_N.1").text
    assert text == "was stopped at the end of its walltime, and it has no restart command"


def test_a_walltime_that_passed_before_the_script_began(history: History) -> None:
    """The words are the conductor's: it says so where a time-out leaves an attempt void."""
    words = inspect.getsource(attempt_outcome)
    reason = "its walltime passed before its script began"
    assert f'"{reason}"' in words
    past = [*attempt(0, "RUNNING", None)[:1], one(0, "TIMEDOUT", f"{reason} (TimeLimit)")]
    why = told(history(past), "make_N.1")
    assert why.text == f"did nothing: {reason} (TimeLimit)"
    assert "end of its walltime" not in why.text
    assert "OUT make_N.1" in why.more[0]


def test_nothing_goes_on_without_a_conductor(staged: Path, history: History) -> None:
    assert "maestro resume" in told(staged, "collect").more[-1]
    assert "conductor died" in told(history([]), "collect").more[-1]


@pytest.mark.parametrize("state", ["CANCELLED", "FINISHED", "HWFAILURE", "RUNNING", "UNKNOWN"])
def test_every_state_has_a_sentence(history: History, state: str) -> None:
    past = attempt(0, state, 0)[: 2 if state == "RUNNING" else 3]
    assert told(history(past), "make_N.1").text


def test_the_facts_are_those_of_the_page(documented: Callable[[str], dict[str, str]]) -> None:
    row = documented("The other commands' `--json`")["why"]
    fields = set(re.findall(r"`([a-z_]+)`", row))
    of_the_study = set(WhyStudyRecord.__annotations__)
    assert fields == {*WhyRecord.__annotations__, *Facts.__annotations__, *of_the_study}
    assert set(Other.__annotations__) == {"name", "state"}
