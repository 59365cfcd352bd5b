"""A file that only informs stops a study, is never written, or is complained about each second."""

from __future__ import annotations

import pytest

from maestro_conductor.model import records
from maestro_conductor.model.states import CODES
from maestro_conductor.observers.status_csv import StatusFile
from maestro_conductor.runtime.housekeeping import Housekeeping
from maestro_conductor.runtime.journal_upkeep import JournalUpkeep
from maestro_conductor.runtime.log_upkeep import LogUpkeep
from maestro_conductor.runtime.progress import ProgressReporter
from maestro_conductor.workspace.conductor_lock import HEARTBEAT, hold, last_holder
from maestro_conductor.workspace.paths import CONDUCTOR


class Bench:
    def __init__(self, shell, held):
        self.shell = shell
        self.reports = []
        context, state = shell.context, shell.state
        progress = ProgressReporter(context.graph, state, self.reports.append)
        self.housekeeping = Housekeeping(
            context,
            held,
            JournalUpkeep(context, shell.journal, state),
            StatusFile(shell.root, context.graph, state),
            progress,
            LogUpkeep(shell.log_file, context.log),
        )

    def work(self, trouble=None, paused=None):
        self.housekeeping.work(self.shell.clock.steady(), trouble, paused)

    def end(self, i):
        row = [i, 0, "FAILED", 1, None, None]
        self.shell.state.apply(records.state(self.shell.clock.wall(), [row]))

    def status(self):
        return (self.shell.root / "status.csv").read_text()


@pytest.fixture
def bench(shell):
    with hold(shell.root) as held:
        shell.journal.flush()
        yield Bench(shell, held)


def test_the_heart_beats_in_time_and_not_more_often(bench):
    clock = bench.shell.clock
    bench.work()
    first = last_holder(bench.shell.root).heartbeat
    assert first == clock.wall()
    clock.advance(HEARTBEAT - 1)
    bench.work()
    assert last_holder(bench.shell.root).heartbeat == first
    assert bench.housekeeping.next_time() <= clock.steady() + 1
    clock.advance(1)
    bench.work()
    assert last_holder(bench.shell.root).heartbeat == clock.wall()


def test_what_is_wrong_is_said_at_once_and_taken_back(bench):
    bench.work()
    bench.work("no answer", "full")
    told = last_holder(bench.shell.root)
    assert (told.trouble, told.paused) == ("no answer", "full")
    bench.work()
    told = last_holder(bench.shell.root)
    assert (told.trouble, told.paused) == (None, None)


def test_status_csv_shows_what_changed_and_its_end(bench):
    bench.work()
    assert "FAILED" not in bench.status()
    bench.end(0)
    bench.shell.clock.advance(100)
    bench.work()
    assert bench.status().count("FAILED") == 1
    bench.end(1)
    bench.housekeeping.finish(None)
    assert bench.status().count("FAILED") == 2


def test_trouble_with_a_file_is_logged_once_until_it_is_over(bench):
    path = bench.shell.root / CONDUCTOR

    def beat():
        bench.shell.clock.advance(HEARTBEAT)
        bench.work()

    path.unlink(missing_ok=True)
    path.mkdir()
    beat()
    beat()
    path.rmdir()
    beat()
    path.unlink()
    path.mkdir()
    beat()
    path.rmdir()
    troubles = [line["path"] for line in bench.shell.events() if line["event"] == "file_trouble"]
    assert troubles == ["heartbeat", "heartbeat"]


def test_a_journal_that_was_taken_away_is_made_anew_with_the_heartbeat(bench):
    bench.shell.journal.path.unlink()
    bench.work()
    assert bench.shell.journal.path.exists()
    assert "journal_compacted" in bench.shell.names()


def test_the_observer_hears_of_changes_and_of_the_end(bench):
    bench.work()
    bench.work()
    assert len(bench.reports) == 1
    bench.end(0)
    bench.housekeeping.finish("full")
    assert bench.reports[-1].counts["FAILED"] == 1
    assert bench.reports[-1].paused == "full"
    assert bench.shell.state.state[0] == CODES["FAILED"]
