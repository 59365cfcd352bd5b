"""Would catch an end that leads elsewhere than docs/step-states.md says, and a row that either lacks."""

from __future__ import annotations

import re

import pytest

from maestro_conductor.core.attempt_outcome import TABLE, file_word, first_row, job_word
from maestro_conductor.core.events import CancelAsked, Found
from maestro_conductor.model.adapter_states import ENDS, LIVE
from maestro_conductor.testing import StepPlan

FILES = {
    "success": "an end with success",
    "ended": "an end without success",
    "started": "a start without an end",
    "absent": "nothing: it is not there",
    "void": "it never started, and was made void",
    "deleted": "nothing: the folder of the step was deleted",
    "error": "it cannot be read, or a process may still write its end",
}
CONDITIONS = {"": "", "cancelling": " (the study is cancelled)"}
LONG = 31
#: The rule of the step says so.
BY_CODE = {0: "FINISHED", 4: "FAILED", 9: "INCOMPLETE", 73: "FAILED"}


def told(words) -> str:
    if not words:
        return "anything"
    shown = ["nothing: a search found no job" if word is None else word for word in words]
    return ", ".join(re.sub("^[A-Z]{3,}", r"`\g<0>`", word) for word in shown)


def cells(row) -> list[str]:
    file = "; ".join(FILES[word] for word in row.file)
    where = CONDITIONS.get(row.when, f" ({row.when})")
    return [file, f"{told(row.job)}{where}", row.becomes]


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading."""
    part = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


#: For each row of the table: what the scheduler says (word, exit code), what the attempt file says
#: (fate, exit code), and what else holds.
EXAMPLES = [
    [(word, None, "ended", 0) for word in (*ENDS, None)]
    + [("FAILED", 137, "ended", 0, "local"), ("FINISHED", 0, "ended", 0, "cancelling")],
    [("TIMEDOUT", None, "ended", 143), ("TIMEDOUT", 0, "ended", 4)],
    [("CANCELLED", None, "ended", 143)],
    [("HWFAILURE", None, "ended", 143), ("PREEMPTED", 0, "ended", 4)],
    [(word, 1, "ended", code) for word in ("FINISHED", "FAILED", "NOTFOUND") for code in (4, 9)]
    + [(None, None, "ended", 4), ("FAILED", 73, "ended", 73, "local")],
    [("CANCELLED", None, "deleted", None)],
    [
        ("NOTFOUND", None, *rest)
        for rest in (("absent", None), ("absent", None, "long"), ("deleted", None))
    ],
    [(word, 0, "deleted", None) for word in ("FINISHED", "FAILED", "TIMEDOUT", "PREEMPTED")],
    [("FINISHED", code, fate, None) for code in (0, 9) for fate in ("started", "absent")],
    [("FAILED", code, fate, None) for code in (4, 9, 73) for fate in ("started", "absent")],
    [("FAILED", 137, fate, None) for fate in ("started", "absent")],
    [("TIMEDOUT", None, fate, None) for fate in ("started", "absent")],
    [("CANCELLED", None, fate, None) for fate in ("started", "absent")],
    [("NOTFOUND", None, "started", None)],
    [("HWFAILURE", None, "started", None), ("PREEMPTED", None, "absent", None)]
    + [("NOTFOUND", None, "started", None, "long"), (None, None, "started", None)]
    + [("FAILED", code, "started", None, "local") for code in (None, 137)]
    + [("NOTFOUND", None, "started", None, "local"), ("STRANGE", None, "started", None)],
    [(word, None, "void", None, "cancelling") for word in ("HWFAILURE", "TIMEDOUT", None)],
    [("CANCELLED", None, "void", None)],
    [(None, None, "void", None), (None, None, "void", None, "local")],
    [("TIMEDOUT", code, "void", None) for code in (None, 0, 140)],
    [("FAILED", 73, "void", None, "local"), ("HWFAILURE", None, "void", None, "local")],
    [("FAILED", 73, "void", None), ("FAILED", 75, "void", None)],
    [("HWFAILURE", None, "void", None), ("NOTFOUND", None, "void", None, "long")],
    [(None, None, "error", None)],
    [("FAILED", 4, "error", None), ("NOTFOUND", None, "error", None)],
]


def run_through(bench, word, code, fate, file_code, also=""):
    """What a machine makes of such an attempt: the states that its instance goes through."""
    local = also == "local"
    rule = {"restart_codes": [9]}
    plan = StepPlan("s", restart="again", failure=rule, resources={} if local else {"nodes": 1})
    b = bench(plan)
    queue = "local" if local else "scheduled"
    if word is None:
        b.answer("s", error="no answer", unknown=True)
        if also == "cancelling":
            b.handle(CancelAsked())
        b.clock.advance(61)
        b.handle()
        b.handle(Found(queue, [(0, 1, {"absent": True})]))
    else:
        b.answer("s")
        if also == "cancelling":
            b.handle(CancelAsked())
        b.poll("s", word, code)
        if also == "long":
            b.settle("s", "absent")
            b.clock.advance(LONG)
            b.poll("s", word, code)
    b.settle("s", fate, file_code)
    made = [
        row for record in b.effects.records if record["kind"] == "state" for row in record["steps"]
    ]
    job = None if word is None else job_word(word, code, also == "long")
    file = file_word(fate, file_code, b.graph.failure(0))
    return [row[2] for row in made], first_row(file, job, local, also == "cancelling")


def test_the_page_has_the_table(repository_file):
    page = repository_file("docs/step-states.md")
    made = [cells(row) for row in TABLE]
    expected = "\n".join(f"| {' | '.join(row)} |" for row in made)
    assert rows(page, "What a scheduler's answer leads to") == made, f"it must be:\n{expected}"


@pytest.mark.parametrize("number", range(max(len(TABLE), len(EXAMPLES))))
def test_each_row_of_the_page_is_what_the_machine_does(repository_file, bench, number):
    table = rows(repository_file("docs/step-states.md"), "What a scheduler's answer leads to")
    becomes = table[number][2]
    for example in EXAMPLES[number]:
        states, row = run_through(bench, *example)
        assert row is TABLE[number], example
        code = example[1] if "the scheduler's" in becomes else example[3]
        if becomes.startswith("by "):
            assert states[0] == BY_CODE[code], example
        elif becomes.startswith("as it was"):
            assert states == [], example
        else:
            named = re.findall("`([A-Z]+)`", becomes)
            assert states[: len(named)] == named, example
            if "then" not in becomes:
                assert len(states) == 1, example


def test_every_word_of_the_interface_meets_every_word_of_a_file():
    words = [*ENDS, "FAILED by its driver", "FAILED by a signal", "NOTFOUND for 30 s", None]
    unused = set(TABLE)
    for file in FILES:
        for job in words:
            for local in (True, False):
                for cancelling in (True, False):
                    unused.discard(first_row(file, job, local, cancelling))
    assert not unused, "rows that can never count"


#: What is said of a job that runs → the cell of the page in words of its own.
ALIVE = {"SUSPENDED": "suspended by the scheduler", "UNKNOWN": "the scheduler says STRANGE"}


def test_the_page_says_what_becomes_of_a_step_whose_job_lives(repository_file, bench):
    table = dict(rows(repository_file("docs/step-states.md"), "While a job lives"))
    assert [says.strip("`") for says in table] == list(LIVE)
    for says, becomes in table.items():
        word = says.strip("`")
        b = bench(StepPlan("s", resources={"nodes": 1}))
        b.answer("s")
        b.poll("s", word, native="STRANGE")
        named = re.findall("`([A-Z]+)`", becomes) or ["RUNNING"]
        assert [b.states()["s"]] == named, says
        assert ("reason" in becomes) == (b.reason("s") is not None)
        assert b.reason("s") == ALIVE.get(word)
