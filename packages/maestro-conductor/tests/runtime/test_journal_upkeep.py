"""A journal that grows for ever, or that is gone without anybody noticing."""

from __future__ import annotations

import pytest

from maestro_conductor.journal import read_state
from maestro_conductor.journal.compaction import SMALL
from maestro_conductor.model import records
from maestro_conductor.runtime.journal_upkeep import JournalUpkeep


@pytest.fixture
def upkeep(shell):
    shell.journal.flush()
    return JournalUpkeep(shell.context, shell.journal, shell.state)


def test_a_small_journal_is_left_alone(upkeep, shell):
    before = shell.journal.path.read_bytes()
    upkeep.work()
    assert shell.journal.path.read_bytes() == before
    assert shell.names() == []


def test_a_long_one_is_compacted_and_says_the_same(upkeep, shell):
    while shell.journal.size + shell.journal.pending <= SMALL:
        for reason in ("one", "two"):
            record = records.state(1, [[0, 0, "QUEUED", 1, None, reason * 100]])
            shell.state.apply(record)
            shell.journal.add(record)
    shell.journal.flush()
    upkeep.work()
    (told,) = shell.events()
    assert (told["event"], told["count"]) == ("journal_compacted", shell.journal.size)
    assert shell.journal.path.stat().st_size < SMALL
    assert list(read_state(shell.root)[1].state) == list(shell.state.state)


def test_one_that_was_taken_away_is_made_anew(upkeep, shell):
    shell.journal.path.unlink()
    upkeep.work()
    assert list(read_state(shell.root)[1].state) == list(shell.state.state)
