"""The view of an amendment's plan.

A fault here would be a plan that does not fit a screen, or that hides what is lost.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import pytest
from attrs import evolve

from maestro_cli.ui.style import Paint
from maestro_cli.views.amend_plan import Shown, lines, question, renaming
from maestro_conductor.core.amendment import Affected, AmendPlan

NOTHING = AmendPlan(
    kept=0,
    changed=(),
    again=(),
    new=(),
    gone=(),
    left=(),
    stopped=(),
    renamed=(),
    origin=array("q"),
    anew=bytearray(),
    to_stop=frozenset(),
    held=frozenset(),
)


CHANGES = ["batch.queue", "batch.bank", "description", "name"]


def some(step: str, number: int, state: str = "FINISHED", *differs: str) -> list[Affected]:
    return [Affected(f"{step}_N.{i}", step, f"{step}/N.{i}", state, differs) for i in range(number)]


def small() -> AmendPlan:
    changed = some("simulate", 15, "FINISHED", "cmd")
    return evolve(
        NOTHING,
        kept=45,
        changed=changed,
        again=some("collect", 3),
        new=some("make", 20, ""),
        gone=some("old", 5),
        stopped=changed[:1],
    )


def large() -> AmendPlan:
    names = [f"simulate-with-a-name-that-is-very-long-{number}" for number in range(12)]
    changed = [
        each
        for name in names
        for each in some(name, 100, "FINISHED", "cmd", "resources", "depends")
    ]
    return evolve(
        NOTHING,
        kept=500,
        changed=changed,
        again=[each for number in range(8) for each in some(f"collect{number}", 50)],
        new=some("make", 300, ""),
        gone=some("x" * 90, 50),
        left=changed[:4],
        stopped=changed[:400],
    )


def shown(
    plan: AmendPlan, sizes: dict[str, int], *, unicode: bool = True, width: int = 80
) -> list[str]:
    told = ["--var A=1"] * 20
    value = Shown("chain", "/data/OUT", "/data/OUT/study.yaml", told, plan, CHANGES, sizes, 8000)
    return list(lines(value, paint=Paint(on=False), unicode=unicode, width=width))


def test_what_is_new_in_a_held_step_is_named() -> None:
    plan = evolve(NOTHING, new=some("make", 2, ""), held=frozenset({1}))
    line = "Held       1 new instance is held as the rest of its step is: maestro release"
    assert any(each.startswith(line) for each in shown(plan, {"make": 1}))


def sizes_of(plan: AmendPlan) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for each in (*plan.changed, *plan.again, *plan.gone):
        sizes[each.step] = sizes.get(each.step, 0) + 1
    return sizes


def test_a_small_plan() -> None:
    plan = small()
    told = shown(plan, {"make": 40, "simulate": 15, "collect": 3, "old": 5, "other": 5})
    assert told[:3] == [
        "Study      chain",
        "Folder     /data/OUT",
        "Study file /data/OUT/study.yaml",
    ]
    assert told[5:7] == [
        "kept 45 · changed 15 (simulate: cmd) · again 3 (after a changed or new one)",
        "  new 20 · gone 5",
    ]
    assert [line.split() for line in told[8:14]] == [
        ["step", "kept", "changed", "again", "new", "gone"],
        ["make", "40", "-", "-", "20", "-"],
        ["simulate", "-", "15", "-", "-", "-"],
        ["collect", "-", "-", "3", "-", "-"],
        ["old", "-", "-", "-", "-", "5"],
        ["1", "step", "stays", "as", "it", "is"],
    ]
    text = "\n".join(told)
    assert "Changed    batch.queue, batch.bank, description and 1 more, for what is" in text
    assert "Kept       45 instances: results" in text
    assert "Lost       18 finished instances (2 h 13 min of work) run again" in text
    assert "Stopped    1 job submitted or started" in text
    assert "old/N.2 and 2 more" in text


@pytest.mark.parametrize("unicode", [True, False])
def test_two_thousand_instances_fit_a_screen(unicode: bool) -> None:
    plan = large()
    told = shown(plan, {**sizes_of(plan), "make": 500}, unicode=unicode)
    assert len(told) == 23  # and the question below it, of 24
    assert max(map(len, told)) <= 80
    text = " ".join(" ".join(told).split())
    assert "changed 1200 (cmd, resources, depends of 12 steps)" in text
    assert ("… and 18 more" if unicode else "... and 18 more") in told
    assert "1600 finished instances" in text
    assert "4 of them are left though not up to date" in text
    assert text.isascii() is not unicode


def test_names_cannot_write_on_the_terminal() -> None:
    plan = evolve(NOTHING, gone=[Affected("\x1b[2J", "\x1b[2J", "\x1b[2J", "FINISHED")])
    assert "\x1b" not in "\n".join(shown(plan, {"\x1b[2J": 1}))


@pytest.mark.parametrize(
    ("parts", "asked"),
    [
        ({"new": some("a", 1, "")}, "nothing finished is lost, 1 is new."),
        ({"changed": some("a", 2)}, "2 finished will run again."),
        (
            {"changed": some("a", 2), "again": some("b", 1, "FAILED")},
            "2 finished will run again, so will 1 unfinished.",
        ),
        (
            {"changed": some("a", 2, "FAILED"), "again": some("b", 1, "CANCELLED")},
            "nothing finished is lost, 3 unfinished are changed.",
        ),
        ({"gone": some("a", 1), "new": some("b", 2, "")}, "nothing finished is lost, 2 are new, 1 is forgotten."),
    ],
)  # fmt: skip
def test_the_question_says_what_cannot_be_taken_back(
    parts: dict[str, Sequence[Affected]], asked: str
) -> None:
    assert question(evolve(NOTHING, **parts)) == f"Amend it? {asked}"


def test_a_new_column_is_explained() -> None:
    assert renaming(small()) is None
    plan = evolve(small(), renamed=["old"])
    assert renaming(plan) == (
        "The parameters of old are others now, and so are the names of its instances: "
        "none of its 5 is kept."
    )
    plan = evolve(small(), gone=[*some("old", 5), *some("b", 2)], renamed=["old", "b"])
    told = renaming(plan)
    assert told is not None
    assert "2 steps (old, b)" in told
    assert "none of these 7" in told
