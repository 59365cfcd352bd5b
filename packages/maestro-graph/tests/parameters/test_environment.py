"""A name of `env` that gives another text than upstream's order of replacements."""

from __future__ import annotations

from typing import Any

from maestro_graph.files.spec_file import view
from maestro_graph.parameters.environment import default_root, resolve_environment


def test_dependencies_are_absolute_paths(make: Any) -> None:
    document = make.spec(
        make.step("s", "x"),
        variables={"V": "data"},
        paths=[{"name": "D", "path": "../$(V)"}, {"name": "E", "path": "/e"}],
        git=[{"name": "G", "path": "$(OUTPUT_PATH)/src", "url": "u"}],
    )
    found = resolve_environment(view(document), "/w")
    assert found["D"] == "/data"
    assert found["E"] == "/e"
    assert found["G"] == "/w/src/G"
    assert (found["SPECROOT"], found["OUTPUT_PATH"]) == ("/studies", "/w")


def test_a_label_takes_a_name_before_a_variable(make: Any) -> None:
    document = make.spec(make.step("s", "x"), labels={"A": "label"}, variables={"A": 1, "B": 2})
    found = resolve_environment(view(document), "/w")
    assert (found["A"], found["B"]) == ("label", "2")


def test_a_workspace_is_called_like_the_study(make: Any) -> None:
    assert default_root(view(make.spec(make.step("s", "x"), name="a b/c"))) == "/studies/a_bc"
