"""Commands that submit, and what becomes of their answers.

A fault here would be a thousand submissions that each wait for a controller that is away, a limit that
keeps out jobs it does not concern, or a part of an array that had room and was not tried.
"""

import re

import attrs
import pytest

from maestro_adapters.batch.command_errors import ErrorPatterns
from maestro_adapters.batch.submit_pool import SingleCommand, SubmitPool
from maestro_adapters.job.prepared import Prepared
from maestro_adapters.job.submission import Submission
from maestro_adapters.process.runner import Call, Result

PATTERNS = ErrorPatterns(
    limit=re.compile("too many"), away=re.compile("away"), lost=re.compile("no reply")
)


@pytest.fixture
def pool(runner):
    def job_id(stdout):
        return stdout.strip() or None

    return SubmitPool(runner, PATTERNS, job_id)


def job(number):
    prepared = Prepared(workspace="/w", label="s")
    return Submission(f"k{number}", f"m.{number}.1", 1, "/w/s.sh", prepared)


def single(number, limits=None):
    return SingleCommand(job(number), lambda job: Call(("put", job.key)), limits)


@attrs.frozen
class Together:
    """Several jobs in one command, of which the site may have no room for all."""

    numbers: tuple
    limits: str = "q"

    def call(self):
        return Call(("put", *map(str, self.numbers)))

    def answers(self, answer):
        return {f"k{number}": answer for number in self.numbers}

    def parts(self):
        middle = len(self.numbers) // 2
        halves = (self.numbers[:middle], self.numbers[middle:])
        return [Together(half) for half in halves] if middle else []


def test_each_job_has_its_answer(pool, runner):
    runner.answers("put", "7")
    runner.answers("put", stderr="no such queue", exit_code=1)
    answers = pool.submit([single(1), single(2)])
    assert answers["k1"] == {"job": "7", "state": "PENDING"}
    assert (answers["k2"]["transient"], answers["k2"]["unknown"]) == (False, False)
    assert runner.argvs("put") == [("put", "k1"), ("put", "k2")]


def test_after_an_outage_nothing_is_tried(pool, runner):
    runner.answers("put", stderr="it is away", exit_code=1)
    answers = pool.submit([single(number, limits=number) for number in range(4)])
    assert len(runner.calls) == 1
    assert [answer["transient"] for answer in answers.values()] == [True] * 4
    assert [answer["error"].startswith("not tried") for answer in answers.values()] == [
        False, True, True, True,
    ]  # fmt: skip


def test_an_outage_of_one_round_does_not_concern_the_next(pool, runner):
    runner.answers("put", stderr="it is away", exit_code=1)
    runner.answers("put", "7")
    pool.submit([single(1)])
    assert pool.submit([single(1)])["k1"]["job"] == "7"


def test_a_limit_concerns_those_that_are_subject_to_it(pool, runner):
    runner.answers("put", stderr="too many", exit_code=1)
    runner.answers("put", "7")
    answers = pool.submit([single(1, "a"), single(2, "a"), single(3, "b")])
    assert runner.argvs("put") == [("put", "k1"), ("put", "k3")]
    assert answers["k3"]["job"] == "7"


def test_what_the_site_has_no_room_for_goes_in_parts(pool, runner):
    def put(call):
        ok = len(call.argv) <= 3
        return Result(call.argv, 0, "7") if ok else Result(call.argv, 1, stderr="too many")

    runner.does("put", put)
    answers = pool.submit([Together((1, 2, 3, 4))])
    assert [answers[f"k{number}"].get("job") for number in (1, 2, 3, 4)] == ["7"] * 4
    assert [len(argv) - 1 for argv in runner.argvs("put")] == [4, 2, 2]


def test_the_smallest_part_that_met_the_limit_stops_the_others(pool, runner):
    runner.answers("put", stderr="too many", exit_code=1)
    answers = pool.submit([Together((1, 2, 3, 4))])
    assert [len(argv) - 1 for argv in runner.argvs("put")] == [4, 2, 1]
    assert all(answer["transient"] for answer in answers.values())


def test_a_script_that_cannot_be_read_is_a_final_error_of_its_job_alone(pool, runner):
    def unreadable(_job):
        raise OSError(2, "No such file or directory", "/tmp/s.sh")

    runner.answers("put", "7")
    answers = pool.submit([SingleCommand(job(1), unreadable, None), single(2)])
    assert answers["k1"]["error"].startswith("cannot read /tmp/s.sh: ")
    assert not answers["k1"]["transient"]
    assert answers["k2"]["job"] == "7"


def test_nothing_is_submitted_of_nothing(pool, runner):
    assert pool.submit([]) == {}
    assert runner.calls == []
