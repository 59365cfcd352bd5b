"""What one submission met is told to the others that it concerns, and to no more.

A fault here would be a study whose jobs are held back by somebody else's limit.
"""

import re

from maestro_adapters.batch.command_errors import ErrorPatterns
from maestro_adapters.batch.submit_breaker import SubmitBreaker
from maestro_adapters.process.runner import Result

PATTERNS = ErrorPatterns(
    limit=re.compile("too many"), away=re.compile("away"), lost=re.compile("no reply")
)


def failed(text):
    return Result(("put", "x"), 1, stderr=text)


def test_a_limit_is_told_to_its_own():
    breaker = SubmitBreaker(PATTERNS)
    breaker.learn(failed("too many"), ("queue", "a"))
    refusal = breaker.refusal(("queue", "a"))
    assert (refusal.transient, refusal.unknown) == (True, False)
    assert (refusal.command, refusal.output) == (["put", "x"], "too many")
    assert "too many" in str(refusal)
    assert breaker.refusal(("queue", "b")) is None


def test_an_outage_is_told_to_all():
    for text in ("it is away", "no reply"):
        breaker = SubmitBreaker(PATTERNS)
        breaker.learn(failed(text), "a")
        assert text in str(breaker.refusal("b"))


def test_what_concerns_one_job_alone_is_not_told():
    breaker = SubmitBreaker(PATTERNS)
    breaker.learn(failed("no such option"), "a")
    breaker.learn(Result(("put",), 0, "too many questions"), "a")
    assert breaker.refusal("a") is None
