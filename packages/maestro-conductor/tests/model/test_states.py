"""Would catch a state or an edge that the page and the code do not share."""

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
    SKIPPED,
    WAITING,
)


def test_the_table_is_whole():
    assert set(ALLOWED) == set(MEANINGS) == set(range(len(NAMES)))
    assert not FINAL & IN_FLIGHT


def test_only_another_attempt_or_a_skip_follows_a_final_state():
    for code in FINAL:
        assert ALLOWED[code] <= {INITIALIZED, QUEUED, WAITING, SKIPPED}


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
