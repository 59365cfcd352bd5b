"""A record that counts as safe and is not; a pause of which people hear late, twice or never."""

from __future__ import annotations

import pytest

from maestro_conductor.journal import read_state
from maestro_conductor.model import records
from maestro_conductor.runtime.journal_commit import JournalCommitter


@pytest.fixture
def told():
    return []


@pytest.fixture
def committer(shell, told):
    return JournalCommitter(shell.context, shell.journal, [told.append])


def test_followers_hear_at_once_and_what_waits_for_safety_hears_once_after_the_commit(
    committer, shell, told
):
    calls = []
    committer.add(records.cancelled(1))
    committer.when_safe(lambda: calls.append("safe"))
    assert [record["kind"] for record in told] == ["cancelled"]
    assert calls == []
    assert committer.commit(sync=False)
    assert read_state(shell.root)[1].cancelling
    assert committer.commit(sync=False)
    assert calls == ["safe"]


def test_only_a_commit_that_must_survive_the_machine_is_synced(committer, shell):
    committer.add(records.cancelled(1))
    committer.commit(sync=False)
    assert shell.disk.synced == {}
    committer.commit(sync=True)
    assert len(shell.disk.synced) == 1


def test_a_full_disk_pauses_and_is_tried_again_in_half_a_second(committer, shell, capsys):
    calls = []
    shell.disk.room = 0
    committer.add(records.cancelled(1))
    committer.when_safe(lambda: calls.append("safe"))
    assert not committer.commit(sync=False)
    assert committer.paused == committer.reason
    assert "No space left" in committer.reason
    shell.disk.room = None
    assert not committer.commit(sync=False)  # not asked again yet
    shell.clock.advance(0.5)
    assert calls == []
    assert committer.commit(sync=False)
    assert calls == ["safe"]
    assert committer.paused is committer.reason is None
    assert shell.names() == ["paused", "unpaused"]
    assert capsys.readouterr().err.count("maestro: the study ") == 2


def test_scripts_that_cannot_be_written_pause_the_study_but_not_the_journal(committer, shell):
    committer.note_files("cannot write a.sh")
    assert committer.reason == "cannot write a.sh"
    assert committer.paused is None
    assert committer.commit(sync=False)
    committer.note_files("cannot write b.sh")
    committer.note_files(None)
    assert committer.reason is None
    assert shell.names() == ["paused", "unpaused"]


def test_a_journal_that_can_be_written_again_does_not_hide_scripts_that_cannot(committer, shell):
    shell.disk.room = 0
    committer.add(records.cancelled(1))
    committer.commit(sync=False)
    committer.note_files("cannot write a.sh")
    shell.disk.room = None
    shell.clock.advance(1.0)
    assert committer.commit(sync=False)
    assert committer.reason is not None
    committer.note_files(None)
    assert committer.reason is None
