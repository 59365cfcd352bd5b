"""A parameter that a step uses and that does not multiply it, or a workspace that is overlooked."""

from __future__ import annotations

from typing import Any

import pytest

from maestro_graph import TokenError, build_table
from maestro_graph.expansion.usage import (
    mentioned_tokens,
    nested_tokens,
    token_texts,
    used_by_itself,
    with_environment,
)
from maestro_graph.files.spec_file import view
from maestro_graph.parameters.substitution import Tokens


def test_a_step_uses_what_the_values_that_it_uses_name(make: Any) -> None:
    document = make.spec(
        make.step("s", "echo $(P.label)"),
        make.step("t", "x", resources={"procs": "$(N)"}),
        make.step("u", "$(PP) $(date)"),
        parameters={"P": ["$(Q)"], "Q": ["$(t.workspace)"], "N": [2]},
    )
    nested = nested_tokens(build_table(document), str)
    used = [used_by_itself(step, nested) for step in view(document).steps]
    assert used == [{"P", "Q"}, {"N"}, set()]
    tokens = Tokens(["t.workspace", "s.workspace"])
    first = view(document).steps[0]
    assert mentioned_tokens(first, used[0], nested, tokens) == {"t.workspace"}
    assert mentioned_tokens(first, (), nested, tokens) == set()


def test_values_that_lead_back_to_themselves(make: Any) -> None:
    table = build_table(make.spec(make.step("s", "x"), parameters={"P": ["$(Q)"], "Q": ["$(P)"]}))
    with pytest.raises(TokenError, match="cannot be resolved"):
        nested_tokens(table, str)


def test_the_texts_of_a_parameter(make: Any) -> None:
    table = build_table(make.spec(make.step("s", "x"), parameters={"P": [1, None]}))
    assert token_texts(table) == {
        "P.label": ["P.1", "P.None"],
        "P": ["1", "None"],
        "P.name": ["P", "P"],
    }


def test_all_texts_but_the_name_get_the_environment(make: Any) -> None:
    step = make.step("n", "n", "n", restart="n", pre="n", post="n", resources={"bind": "n"})
    found = with_environment(view(make.spec(step)).steps[0], str.upper)
    texts = (found.name, found.command, found.restart, found.pre, found.post, *found.depends)
    assert texts == ("n", "N", "N", "N", "N", "N")
    assert found.resources.bind == "N"
