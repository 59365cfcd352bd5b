"""A scheduler that cannot be reached, and nobody is told; or that is asked though it cannot tell."""

from __future__ import annotations

import pytest

from maestro_conductor.testing.virtual_time import WatchedScheduler
from maestro_conductor.workspace.conductor_lock import last_holder

AWAY = {"error": "sbatch: no answer", "transient": True}


class Reachable(WatchedScheduler):
    """Can say whether it is there; takes nothing while it is not."""

    away: str | None = "squeue: no answer"

    def reach(self):
        return self.away


@pytest.fixture
def bench(timed):
    made = timed(3)
    made.scheduler = Reachable(made.time)
    made.scheduler.refusal = lambda _job: AWAY if made.scheduler.away else None
    return made


def test_it_is_asked_once_before_the_study_counts_as_launched(bench):
    seen = []

    def ready():
        seen.append(last_holder(bench.root).trouble)
        assert bench.time.now <= 2
        bench.time.at(5.0, lambda: setattr(bench.scheduler, "away", None))
        bench.time.at(50.0, bench.end_all)

    assert bench.conduct(ready=ready) == 0
    assert len(seen) == 1
    assert "no answer" in seen[0]


def test_refusals_are_told_with_the_time_since_when_until_it_takes_jobs(bench):
    begin = bench.time.clock.wall()
    seen = []
    bench.time.at(100.0, lambda: seen.append(last_holder(bench.root)))
    bench.time.at(101.0, lambda: setattr(bench.scheduler, "away", None))
    bench.time.at(300.0, lambda: seen.append(last_holder(bench.root)))
    bench.time.at(301.0, bench.end_all)
    assert bench.conduct() == 0
    assert (seen[0].trouble, seen[0].trouble_since) == ("sbatch: no answer", begin)
    assert (seen[1].trouble, seen[1].trouble_since) == (None, None)


def test_a_scheduler_that_cannot_tell_is_not_asked(timed):
    bench = timed(1)
    bench.time.at(10.0, bench.end_all)
    assert bench.conduct() == 0
    assert last_holder(bench.root).trouble is None
