"""A journal or a log that lacks what happened, or has it too late: in a time of its own."""

from __future__ import annotations

import os
import signal

import msgpack
import pytest

from maestro_conductor.journal import JournalReader, JournalWriter, read_state
from maestro_conductor.journal.compaction import SMALL
from maestro_conductor.model import records
from maestro_conductor.model.states import CODES
from maestro_conductor.observers.log_events import EVENTS
from maestro_conductor.workspace.checksums import seal
from maestro_conductor.workspace.conductor_lock import HEARTBEAT, last_holder
from maestro_conductor.workspace.paths import CONDUCTOR, JOURNAL

FINISHED = {"state": "FINISHED", "exit_code": 0}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("local_steps", ["leave", "stop"])
def test_jobs_of_a_scheduler_go_on_when_a_signal_stops_the_conductor(timed, number, local_steps):
    b = timed(3, throttle=2)
    b.time.at(30.0, lambda: os.kill(os.getpid(), number))
    assert b.conduct(local_steps=local_steps) == 128 + number
    assert b.time.now <= 31.0
    assert b.scheduler.cancelled == []
    assert len(b.scheduler.submissions) == 2
    assert read_state(b.root)[1].closed == signal.Signals(number).name
    b.time.at(40.0, b.end_all)
    b.scheduler.outcome = lambda _job: FINISHED
    assert b.conduct() == 0
    assert len(b.scheduler.submissions) == 3


def test_a_request_is_removed_when_its_effect_is_in_the_journal(timed):
    b = timed(2, throttle=1)
    seen = []

    def fill(room):
        b.disk.room = room
        seen.append([path.name for path in (b.root / ".maestro/claimed").iterdir()])

    b.time.at(10.0, lambda: fill(0))
    b.time.at(11.0, lambda: (b.root / ".study.update.lock").write_text("throttle: 2\n"))
    b.time.at(20.0, lambda: fill(None))
    b.time.at(30.0, b.end_all)
    assert b.conduct() == 0
    assert seen[0] == []
    assert len(seen[1]) == 1
    assert list((b.root / ".maestro/claimed").iterdir()) == []
    assert 20.0 <= b.scheduler.submissions[1] <= 21.0


@pytest.mark.parametrize("signalled", [None, signal.SIGTERM, signal.SIGINT])
def test_a_full_disk_is_waited_for_quietly(timed, signalled):
    b = timed(4, throttle=2)
    told = []

    def look():
        who = last_holder(b.root)
        told.append((b.time.waits, who.paused, who.paused_since))

    b.time.at(10.0, lambda: setattr(b.disk, "room", 0))
    b.time.at(11.0, b.end_all)
    b.time.at(100.0, look)
    b.time.at(400.0, look)
    if signalled:
        b.time.at(401.0, lambda: os.kill(os.getpid(), signalled))
    b.time.at(450.0, lambda: setattr(b.disk, "room", None))
    b.time.at(451.0, lambda: setattr(b.scheduler, "outcome", lambda _job: FINISHED))
    b.time.at(500.0, b.end_all)
    code = b.conduct()
    (before, why, since), (after, still, same) = told
    assert why == still == f"{b.root / JOURNAL}: No space left on device"
    assert since == same
    # Half a second between two looks for room, whatever ended meanwhile.
    assert after - before <= 2 * 300 + 5
    if signalled:
        assert code == 128 + signalled
        assert b.time.now < 403.0
        assert len(b.scheduler.submissions) == 2
        b.disk.room = None
        assert b.conduct() == 0
    else:
        assert code == 0
        assert last_holder(b.root).paused is None
        paused = [line["event"] for line in b.events() if "paused" in line["event"]]
        assert paused == ["paused", "unpaused"]
    assert len(b.scheduler.submissions) == 4


def test_a_study_begins_on_a_full_disk_and_waits(timed):
    b = timed(2)
    b.scheduler.outcome = lambda _job: FINISHED
    b.disk.room = 0
    seen = []
    b.time.at(60.0, lambda: seen.append((last_holder(b.root).paused, b.scheduler.submitted)))
    b.time.at(61.0, lambda: setattr(b.disk, "room", None))
    assert b.conduct() == 0
    assert seen[0][0].endswith("No space left on device")
    assert min(b.scheduler.submissions) >= 61.0


def test_a_journal_that_was_taken_away_is_made_anew(timed):
    b = timed(2, throttle=1)
    path = b.root / JOURNAL
    whole = []

    def take_away():
        path.unlink()
        os.mkfifo(path)

    b.time.at(10.0, take_away)
    b.time.at(10.0 + 2 * HEARTBEAT, lambda: whole.append(read_state(b.root)[1]))
    b.time.at(50.0, b.end_all)
    b.time.at(60.0, path.unlink)
    b.time.at(300.0, b.end_all)
    assert b.conduct() == 0
    assert list(whole[0].state) == [CODES["RUNNING"], CODES["QUEUED"]]
    state = read_state(b.root)[1]
    assert (state.outcome, state.closed) == (("FINISHED", 0), "ended")
    assert len(b.scheduler.submissions) == 2


def test_a_restart_a_resubmission_a_retry_and_a_resume_are_told_apart(timed):
    ends = {
        1: {"state": "TIMEDOUT"},
        2: {"state": "HWFAILURE", "reason": "node n3 failed"},
        3: {"state": "PREEMPTED"},
        4: {"state": "FAILED", "exit_code": 3},
        5: {"state": "FAILED", "exit_code": 3},
        6: FINISHED,
    }
    b = timed(plan={"restart": "again", "failure": {"retries": 1}})

    def outcome(job):
        (b.root / f"s/.attempt.{job['attempt']}").write_text("start pid=7 host=n3 boot=b\n")
        return ends[job["attempt"]]

    b.scheduler.outcome = outcome
    assert b.conduct() == 2
    requests = b.root / ".maestro/requests"
    requests.mkdir(exist_ok=True)
    (requests / "again.json").write_text('{"request": "resume", "steps": null}')
    assert b.conduct() == 0
    causes = ["first", "restart", "resubmission", "resubmission", "retry", "resume"]
    with JournalReader(b.root / JOURNAL) as reader:
        intents = [record["jobs"][0] for record in reader.read() if record["kind"] == "intent"]
    assert [(row[1], row[3]) for row in intents] == list(enumerate(causes, 1))
    told = b.events()
    started = [line for line in told if line["event"] == "step_started"]
    assert [(line["attempt"], line["cause"]) for line in started] == list(enumerate(causes, 1))
    again = [line["reason"] for line in told if line["event"] == "step_queued_again"]
    assert again == [
        "timed out: restart 1 of 1",
        "node n3 failed; resubmission 1 of 10",
        "preempted by the scheduler; resubmission 2 of 10",
        "retry 1 of 1",
    ]
    how = [
        "step_timed_out",
        "step_lost",
        "step_lost",
        "step_failed",
        "step_failed",
        "step_finished",
    ]
    assert [line["event"] for line in told if line["event"] in how] == how
    for line in told:
        assert set(EVENTS[line["event"]].required) <= line.keys(), line
    ended = [line for line in told if line["event"] in how]
    assert [(line["attempt"], line["job_id"]) for line in ended] == [
        (attempt, str(99 + attempt)) for attempt in range(1, 7)
    ]
    assert all("duration_s" in line for line in ended)


def test_whoever_asks_sees_a_heartbeat_that_is_no_older_than_its_pause(timed):
    b = timed(sleep=60.0)
    ages = []
    for time in range(20, 200, 7):
        b.time.at(time, lambda: ages.append(b.time.clock.wall_ms - last_holder(b.root).heartbeat))
    b.time.at(200.0, b.end_all)
    assert b.conduct() == 0
    assert all(0 <= age <= 1000 * HEARTBEAT + 500 for age in ages)
    assert len(ages) > 20


def test_the_journal_is_compacted_while_the_study_runs(timed):
    b = timed(3)
    b.time.at(50.0, lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert b.conduct() == 143
    with JournalReader(b.root / JOURNAL) as reader:
        list(reader.read())
        journal = JournalWriter(b.root / JOURNAL, reader.offset, reader.sequence)
    for _ in range(1 + SMALL // 100_000):
        journal.add(records.closed(b.time.clock.wall_ms, "x" * 100_000))
    journal.flush()
    journal.close()
    assert (b.root / JOURNAL).stat().st_size > SMALL
    b.time.at(100.0, b.end_all)
    assert b.conduct() == 0
    assert "journal_compacted" in {line["event"] for line in b.events()}
    assert (b.root / JOURNAL).stat().st_size < SMALL / 100
    assert finished(b) == 3


def finished(b) -> int:
    return bytes(read_state(b.root)[1].state).count(CODES["FINISHED"])


def test_an_intent_is_on_the_disk_before_a_scheduler_gets_its_job(timed):
    b = timed(3, throttle=1)
    asked = []

    def outcome(job):
        with JournalReader(b.root / JOURNAL) as reader:
            intents = [record for record in reader.read() if record["kind"] == "intent"]
        status = (b.root / JOURNAL).stat()
        asked.append((len(intents), status.st_size - b.disk.synced[status.st_ino]))
        return FINISHED

    b.scheduler.outcome = outcome
    assert b.conduct() == 0
    assert asked == [(1, 0), (2, 0), (3, 0)]


def test_a_torn_tail_and_a_conductor_that_died_are_told(timed):
    b = timed(2, throttle=1)
    b.time.at(30.0, lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert b.conduct() == 143
    holder = b.root / CONDUCTOR
    holder.write_bytes(seal(msgpack.packb, {**msgpack.unpackb(holder.read_bytes()), "live": True}))
    with (b.root / JOURNAL).open("ab") as journal:
        journal.write(b"\x93\x09\x00")
    told = len(b.events())
    b.time.at(40.0, b.end_all)
    b.scheduler.outcome = lambda _job: FINISHED
    assert b.conduct() == 0
    cut, started = [
        line for line in b.events()[told:] if line["event"] in ("journal_cut", "conductor_started")
    ]
    assert cut["count"] == 3
    assert f"pid {os.getpid()}" in started["previous"]
    assert finished(b) == 2
