"""An instruction done by the wrong backend, or an answer that is known at once and gets lost."""

from __future__ import annotations

import pytest

from maestro_conductor.core.events import Answers, AttemptFileRead, Found, ScriptsWritten
from maestro_conductor.core.instructions import (
    Cancel,
    Find,
    ReadAttemptFile,
    Submission,
    Submit,
    WriteScripts,
)
from maestro_conductor.runtime.attempt_reading import AttemptReader
from maestro_conductor.runtime.execute import Executor

JOB = Submission(0, 1, "t", restart=False)


@pytest.fixture
def local(shell):
    return shell.local


@pytest.fixture
def scheduled(make_backend):
    return make_backend("scheduled")


@pytest.fixture
def executor(shell, local, scheduled):
    return Executor(
        {"local": local, "scheduled": scheduled},
        AttemptReader(shell.context, "here", "b1", lambda _instance: []),
        lambda instances: [(i, f"wrote {i}") for i in instances],
    )


def test_each_backend_gets_what_is_for_its_queue(executor, local, scheduled):
    local.submitted = Answers("local", [(0, 1, {"job": "7", "state": "RUNNING"})])
    assert executor.perform(Submit("local", [JOB])) is local.submitted
    assert executor.perform(Submit("scheduled", [JOB])) is None
    assert executor.perform(Cancel("scheduled", ["8"])) is None
    found = executor.perform(Find("local", [(0, 1, "t")]))
    assert found == Found("local", [(0, 1, {"absent": True})])
    assert local.calls == [("submit", [JOB]), ("find", [(0, 1, "t")])]
    assert scheduled.calls == [("submit", [JOB]), ("cancel", ["8"])]


def test_files_are_read_and_written_at_once(executor):
    assert executor.perform(ReadAttemptFile(0, 1, void=True)) == AttemptFileRead(0, 1, "void")
    assert executor.perform(WriteScripts([1, 2])) == ScriptsWritten(
        [(1, "wrote 1"), (2, "wrote 2")]
    )


def test_trouble_with_scripts_is_that_of_the_backend_that_answers(executor, scheduled):
    scheduled.trouble = "full"
    assert executor.file_trouble(Answers("scheduled", [])) == "full"
    assert executor.file_trouble(Answers("local", [])) is None
