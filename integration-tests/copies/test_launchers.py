"""A command's launchers are found in one way: by maestro-spec, which adds them up, and by maestro-adapters.

A fault here would be a job that starts on other nodes than the lint has counted, or a bracket left in its script.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from differential import full, quick
from maestro_adapters.script.launcher import substitute
from maestro_spec.format_rules.launcher import TOKEN, find_launchers

pytestmark = pytest.mark.once

_SPACES = st.sampled_from(["", "", "", " ", "\t", "\n", "\r\n", "\x0b", "\u00a0", "\\\n"])
_NUMBERS = st.integers(0, 40).map(str) | st.sampled_from(
    ["007", "9" * 18, "9" * 19, "9" * 5000, "٣", "-1", "+1", "1.0", "1_0", ""]
)
_PARTS = st.builds(
    "{}{}{}{}{}".format,
    _SPACES,
    _NUMBERS,
    _SPACES,
    st.sampled_from(["n", "p", "", "", "N"]),
    _SPACES,
)
_BRACKETS = st.builds(
    "[{}{}".format,
    st.lists(_PARTS, max_size=3).map(",".join),
    st.sampled_from(["]", "]", "]", "", "]]"]),
)
_FORMS = st.sampled_from(
    [
        "{0}{1}n{2},{3}{4}p{5}",
        "{0}{1}p{2},{3}{4}n{5}",
        "{0}{1}{2},{3}{4}{5}",
        "{0}{1}n{2}",
        "{0}{1}p{2}",
        "{0}{1}{2}p{5}",
    ]
)
_ALLOCATIONS = st.builds(
    lambda form, *parts: f"{TOKEN}[{form.format(*parts)}]",
    _FORMS,
    _SPACES,
    _NUMBERS,
    _SPACES,
    _SPACES,
    _NUMBERS,
    _SPACES,
)
_TOKENS = st.sampled_from(
    [TOKEN, TOKEN, TOKEN, "$(LAUNCHER )", "$(launcher)", "$LAUNCHER", "\\" + TOKEN, "$" + TOKEN]
)
COMMANDS = st.lists(
    st.one_of(_ALLOCATIONS, _ALLOCATIONS, _TOKENS, _BRACKETS, st.text("$()[] ,np1\n", max_size=4)),
    max_size=6,
).map("".join)  # fmt: skip


def by_adapters(command: str) -> list[tuple[int | None, int | None]]:
    """What `$(LAUNCHER)` is replaced for, in its order; of a bare one, all that the step has."""
    asked: list[tuple[int | None, int | None]] = []

    def launch(nodes: int | None, procs: int | None) -> str:
        asked.append((nodes, procs))
        return "launch"

    substitute(command, launch, nodes=None, procs=None)
    return asked


def agree(command: str) -> None:
    found = list(find_launchers(command))
    assert by_adapters(command) == [(each.nodes, each.procs) for each in found]
    ends = [0, *(each.end for each in found)]
    starts = [*(each.start for each in found), len(command)]
    rest = [command[end:start] for end, start in zip(ends, starts, strict=True)]
    replaced = substitute(command, lambda _nodes, _procs: "\x01", nodes=None, procs=None)
    assert replaced == "\x01".join(rest)


@example("$(LAUNCHER)[1n,\n4p] a")
@example("$(LAUNCHER)[" + "9" * 5000 + "p] a")
@example("$(LAUNCHER)[2p $(LAUNCHER)[3p]")
@given(COMMANDS)
@quick
def test_all_copies_agree(command: str) -> None:
    agree(command)


@pytest.mark.slow
@given(COMMANDS)
@full
def test_all_copies_agree_on_many(command: str) -> None:
    agree(command)
