"""An order in which a name stands before one that it holds, or a cycle that is not found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from maestro_spec.lint.token_graph import innermost_first

NAMES = "abcdef"


@given(st.fixed_dictionaries({name: st.sets(st.sampled_from(NAMES)) for name in NAMES}))
def test_what_a_name_holds_stands_before_it_unless_it_is_in_a_cycle(holds):
    order, cycle = innermost_first(holds)
    assert sorted(order) == sorted(holds)
    for name, following in zip(cycle, [*cycle[1:], *cycle[:1]], strict=True):
        assert following in holds[name]
    if not cycle:
        place = {name: position for position, name in enumerate(order)}
        assert all(place[other] < place[name] for name in holds for other in holds[name])


def test_a_name_that_holds_itself_is_a_cycle():
    assert innermost_first({"a": {"a"}, "b": set()}) == (["b", "a"], ["a"])
