"""A name whose text still holds a token, or a cycle that is followed for ever."""

from __future__ import annotations

import pytest

from maestro_graph import TokenError
from maestro_graph.parameters.resolution import innermost_first, resolve, stands_for_itself


def test_names_are_put_into_each_other_to_any_depth() -> None:
    raw = {"A": "$(B)/a", "B": "$(C)/b $(date)", "C": "c"}
    assert resolve(raw) == {"A": "c/b $(date)/a", "B": "c/b $(date)", "C": "c"}
    chain = {f"V{number}": f"x$(V{number + 1})" for number in range(500)} | {"V500": "end"}
    assert resolve(chain)["V0"] == "x" * 500 + "end"


def test_a_text_is_finished_before_others_take_it() -> None:
    assert resolve({"A": "$(B)/x", "B": "b"}, finish={"B": str.upper}) == {"A": "B/x", "B": "B"}


def test_a_name_that_stands_for_itself_stays() -> None:
    assert resolve({"P": "$(P)", "A": "o_$(P)"}) == {"P": "$(P)", "A": "o_$(P)"}
    assert not stands_for_itself("P", "x$(P)")


@pytest.mark.parametrize("raw", [{"A": "x$(A)"}, {"A": "$(B)", "B": "$(C)", "C": "$(A)"}])
def test_names_that_lead_back_to_themselves(raw: dict[str, str]) -> None:
    with pytest.raises(TokenError, match=r"\$\(A\).* cannot be resolved"):
        resolve(raw)


def test_what_a_name_holds_stands_before_it() -> None:
    assert innermost_first({"A": {"B", "C"}, "B": {"C"}, "C": set()}) == ["C", "B", "A"]
