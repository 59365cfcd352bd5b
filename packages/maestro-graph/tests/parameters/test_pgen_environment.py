"""A variable that a generator file gets as something else than maestrowf gives it."""

from __future__ import annotations

from typing import Any

from maestro_graph.files.spec_file import view
from maestro_graph.parameters.pgen_environment import PgenEnvironment, SpecRoot


def test_numbers_stay_numbers_and_tokens_are_resolved(make: Any) -> None:
    document = make.spec(make.step("s", "x"), variables={"N": 3, "D": "$(N)/x"}, labels={"L": "l"})
    env = PgenEnvironment(view(document), "/w")
    found = {name: env.find(name) for name in ("N", "D", "L", "OUTPUT_PATH")}
    assert {name: each and each.value for name, each in found.items()} == {
        "N": 3,
        "D": "3/x",
        "L": "l",
        "OUTPUT_PATH": "/w",
    }
    assert env.find("GONE") is None
    assert str(env.find("N")) == "$(N)"
    assert env.apply_environment("$(D) $(L) $(P)") == "3/x l $(P)"


def test_the_folder_of_the_study_file_is_a_text_with_a_value() -> None:
    root = SpecRoot("/studies")
    assert root + "/x" == "/studies/x"
    assert type(root.value) is str
