"""The table of states, and its page."""

from __future__ import annotations

import re

from maestro_conductor.states import (
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
