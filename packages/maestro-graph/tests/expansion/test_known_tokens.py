"""A token that gives something else than upstream's order of names says."""

from __future__ import annotations

from typing import Any

import pytest

from maestro_graph import TokenError, build_table
from maestro_graph.expansion.known_tokens import KnownTokens, known_tokens
from maestro_graph.files.spec_file import view


def of(document: dict[str, Any]) -> KnownTokens:
    return known_tokens(view(document), build_table(document), "/w")


def test_the_environment_comes_before_a_parameter_of_the_same_name(make: Any) -> None:
    step = make.step("s", "x")
    known = of(make.spec(step, variables={"P": "env"}, parameters={"P": [1, 2], "Q": [3, 4]}))
    assert known.given["P"] == "env"
    assert known.given["Q"] == ["3", "4"]
    assert known.given["Q.label"] == ["Q.3", "Q.4"]
    assert known.replace_env("$(P) $(Q) $(OUTPUT_PATH)") == "env $(Q) $(OUTPUT_PATH)"


def test_workspaces_are_tokens_of_commands_alone(make: Any) -> None:
    known = of(make.spec(make.step("s", "x"), variables={"V": 1}))
    text = "$(V) $(s.workspace) $(WORKSPACE) $(date)"
    assert known.commands.names_in(text) == ["V", "s.workspace", "WORKSPACE"]
    assert known.described.names_in(text) == ["V"]
    assert known.workspaces.names_in(text) == ["s.workspace"]


def test_a_variable_that_stands_for_itself_is_the_parameter(make: Any) -> None:
    step = make.step("s", "x")
    known = of(make.spec(step, variables={"P": "$(P)"}, parameters={"P": [1]}))
    assert known.given["P"] == ["1"]
    with pytest.raises(TokenError, match="no parameter is called P"):
        of(make.spec(step, variables={"P": "$(P)"}))
