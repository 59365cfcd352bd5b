"""A walltime is read in one way by all that read it: maestro-spec, maestro-graph, maestro-adapters.

The libraries do not import each other, so each has its copy of the rule. A fault here would be a
study that passes the lint and whose job the adapter refuses, or that stops at another time.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from differential import full, quick
from maestro_adapters.errors import WalltimeError
from maestro_adapters.job import walltime as of_adapters
from maestro_graph.errors import ResourceError
from maestro_graph.expansion.resources import settle
from maestro_graph.model.graph import Resources
from maestro_spec.format_rules import walltime as of_spec

pytestmark = pytest.mark.once

_NUMBER = st.integers(0, 10**10).map(str) | st.sampled_from(["", "0", "00", "05", "٣", "1_0"])
_PARTS = st.lists(_NUMBER | st.sampled_from(list(":-.smhd ")), min_size=1, max_size=8)
_WORDS = st.sampled_from(["inf", "INF", "infinite", "Infinite", "UNLIMITED", "unlimited", "nan"])
TEXTS = st.one_of(
    st.text("0123456789:-.smhdSMHD \t", max_size=12),
    _PARTS.map("".join),
    st.tuples(st.sampled_from(["", " ", "\n"]), _WORDS | _NUMBER, st.sampled_from(["", " "])).map("".join),
    st.text(max_size=6),
)  # fmt: skip


def by_spec(text: str, *, lsf: bool) -> float | str | None:
    try:
        return of_spec.seconds(text, lsf=lsf)
    except of_spec.NoWalltimeError:
        return "no walltime"


def by_adapters(text: str, *, lsf: bool) -> float | str | None:
    try:
        return of_adapters.parse(text, pair="hours" if lsf else "minutes")
    except WalltimeError:
        return "no walltime"


def by_graph(text: str, scheduler: str) -> str | None:
    """Why a scheduled step may not have it; None: it may."""
    try:
        settle(Resources(procs=1, walltime=text), "a step", scheduler)
    except ResourceError as error:
        return "no word" if "has no word" in str(error) else "no walltime"
    return None


def agree(text: str) -> None:
    for lsf in (False, True):
        assert by_spec(text, lsf=lsf) == by_adapters(text, lsf=lsf)
    for scheduler in ("slurm", "lsf", "flux"):
        trouble = by_graph(text, scheduler) if text.strip() else "no walltime"
        if of_spec.is_walltime(text):
            assert trouble == ("no word" if of_spec.is_foreign(text, scheduler) else None)
        else:
            assert trouble == "no walltime"
    assert not text.strip() or by_graph(text, "another") is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0h", None),
        ("00", None),
        (".5h", 1800),
        ("90 ", 5400),
        ("1:30", 90),
        ("1-00:00:00", 86400),
        ("INFINITE", None),
        ("1e3", "no walltime"),
        ("-5", "no walltime"),
        ("1:2:3:4", "no walltime"),
        ("٣", "no walltime"),
        ("9" * 5000, "no walltime"),
        ("", "no walltime"),
    ],
)
def test_what_these_mean(text: str, seconds: float | str | None) -> None:
    assert by_spec(text, lsf=False) == seconds
    agree(text)


@example("1.h")
@example("1:30")
@example(" inf\n")
@given(TEXTS)
@quick
def test_all_copies_agree(text: str) -> None:
    agree(text)


@pytest.mark.slow
@given(TEXTS)
@full
def test_all_copies_agree_on_many(text: str) -> None:
    agree(text)
