"""The table of states, and its page."""

from __future__ import annotations

import re

from maestro_conductor.model.records import CAUSES
from maestro_conductor.model.states import (
    ALLOWED,
    CODES,
    FINAL,
    IN_FLIGHT,
    INITIALIZED,
    MEANINGS,
    NAMES,
    QUEUED,
    WAITING,
)
from maestro_conductor.testing import StepPlan


def test_the_table_is_whole():
    assert set(ALLOWED) == set(MEANINGS) == set(range(len(NAMES)))
    assert not FINAL & IN_FLIGHT


def test_only_another_attempt_follows_a_final_state():
    for code in FINAL:
        assert ALLOWED[code] <= {INITIALIZED, QUEUED, WAITING}


def test_the_page_has_the_table(repository_file):
    page = repository_file("docs/step-states.md")
    rows = dict(re.findall(r"^\| `([A-Z]+)` \| (.*) \|$", page.split("## What may")[0], re.M))
    assert rows == {name: MEANINGS[code] for name, code in CODES.items()}
    edges = page.split("## What may follow what")[1].split("##")[0]
    rows = dict(re.findall(r"^\| `([A-Z]+)` \| (.*) \|$", edges, re.M))
    for name, code in CODES.items():
        assert re.findall(r"[A-Z]+", rows[name]) == [NAMES[to] for to in sorted(ALLOWED[code])]


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading."""
    part = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_page_has_the_causes(repository_file):
    table = rows(repository_file("docs/step-states.md"), "Why an attempt is made")
    assert [cause.strip("`") for cause, _ in table] == list(CAUSES)


#: A row of the page's table by the beginning of its first two cells → what is done to a job that
#: runs: what the scheduler says (word, exit code), what its attempt file says, and after how long.
ANSWERS = {
    ("`PENDING`, `RUNNING`, `FINISHING`", ""): [
        ("PENDING", None, None, 0),
        ("RUNNING", None, None, 0),
        ("FINISHING", None, None, 0),
    ],
    ("`SUSPENDED`", ""): [("SUSPENDED", None, None, 0)],
    ("`UNKNOWN`", ""): [("UNKNOWN", None, None, 0)],
    ("`UNREACHABLE`", ""): [("UNREACHABLE", None, None, 0)],
    ("`FINISHED`, `FAILED`", "an end"): [
        ("FINISHED", 0, ("ended", 0), 0),
        ("FINISHED", 0, ("ended", 4), 0),
        ("FAILED", 4, ("ended", 4), 0),
        ("FAILED", 4, ("ended", 0), 0),
        ("FAILED", 9, ("ended", 9), 0),
    ],
    ("`FINISHED`, `FAILED` with an exit code", "no end yet"): [
        ("FINISHED", 0, ("started", None), 0),
        ("FAILED", 4, ("started", None), 0),
        ("FAILED", 4, ("absent", None), 0),
    ],
    ("`FAILED` by a signal", "a start"): [("FAILED", 137, ("started", None), 0)],
    ("`TIMEDOUT`", "never started"): [("TIMEDOUT", None, ("void", None), 0)],
    ("`TIMEDOUT`", "a start"): [
        ("TIMEDOUT", None, ("started", None), 0),
        ("TIMEDOUT", None, ("ended", 143), 0),
    ],
    ("`CANCELLED`", "no end"): [
        ("CANCELLED", None, ("started", None), 0),
        ("CANCELLED", None, ("ended", 143), 0),
    ],
    ("`HWFAILURE`, `PREEMPTED`", "no end"): [
        ("HWFAILURE", None, ("started", None), 0),
        ("PREEMPTED", None, ("ended", 143), 0),
    ],
    ("`NOTFOUND`", "an end"): [
        ("NOTFOUND", None, ("ended", 0), 0),
        ("NOTFOUND", None, ("ended", 4), 0),
    ],
    ("`NOTFOUND` for 30 s", "no end"): [("NOTFOUND", None, ("started", None), 31)],
    ("any other end", "never started"): [
        ("FAILED", 73, ("void", None), 0),
        ("HWFAILURE", None, ("void", None), 0),
    ],
}
#: The state by each exit code, for the rule of the step below.
BY_CODE = {0: "FINISHED", 4: "FAILED", 9: "INCOMPLETE"}


def ended_as(b) -> str:
    """The state in which the first attempt ended; that in which the job is, where none did."""
    steps = [row for record in b.records if record["kind"] == "state" for row in record["steps"]]
    ends = [row[2] for row in steps if row[2] in {NAMES[c] for c in FINAL} | {"INCOMPLETE"}]
    return ends[0] if ends else b.states()["s"]


def test_what_a_scheduler_says_leads_where_the_page_says(repository_file, bench):
    table = rows(repository_file("docs/step-states.md"), "What a scheduler's answer leads to")
    seen = set()
    for says, file, becomes in table:
        if says.startswith("(local"):
            continue
        fitting = [key for key in ANSWERS if says.startswith(key[0]) and file.startswith(key[1])]
        key = max(fitting, key=lambda key: len(key[0] + key[1]))
        seen.add(key)
        for word, code, settled, wait in ANSWERS[key]:
            rule = {"restart_codes": [9]}
            b = bench(StepPlan("s", restart="again", resources={"nodes": 1}, failure=rule))
            b.answer("s")
            b.poll("s", word, code, native="STRANGE")
            if wait:
                b.settle("s", "absent")
                b.clock.advance(wait)
                b.poll("s", word, code)
            if settled:
                b.settle("s", *settled)
            if "by its exit code" in becomes and settled[0] == "ended":
                expected = BY_CODE[settled[1]]
            elif "by the scheduler's exit code" in becomes:
                expected = BY_CODE[code]
            elif "as it was" in becomes:
                expected = "RUNNING"
            elif becomes == "the same":
                expected = word
            elif says == "any other end":
                expected = "HWFAILURE" if word == "HWFAILURE" else "WAITING"
            else:
                expected = re.findall("[A-Z]{4,}", becomes)[0]
            assert ended_as(b) == expected, (says, file, word, settled)
            if "then `QUEUED`" in becomes:
                assert b.announced()[0][:2] == ("s", 2)
    assert seen == set(ANSWERS)
